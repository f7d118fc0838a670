"""How does the product say it, in each language?

The product's own texts (outcomes, reasons, notices, pages) and its way of writing numbers, money and shares.
What a portfolio says about its columns and features is in the portfolio; the two meet in `say`, as values.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TypeGuard

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent

from fiador.errors import FiadorError, RequestError, did_you_mean

Value = float | int | None


@dataclass(frozen=True)
class Language:
    """One language the product speaks: its code on the wire, its own name, and its rules for numbers."""

    code: str
    name: str
    locale: str


LANGUAGES: tuple[Language, ...] = (
    Language("en", "English", "en_US"),
    Language("fr", "Français", "fr_FR"),
    Language("pt-BR", "Português (Brasil)", "pt_BR"),
)
DEFAULT = "en"

# key: (en, fr, pt-BR), in the order of LANGUAGES
_TEXTS: dict[str, tuple[str, str, str]] = {
    # --- outcomes and the sentence that explains one ---
    "outcome.approve": ("Approved", "Accordé", "Aprovado"),
    "outcome.refer": ("Referred for review", "À examiner par un conseiller", "Encaminhado para análise"),
    "outcome.decline": ("Declined", "Refusé", "Recusado"),
    "decision.approve": (
        "The estimated risk of default is {pd}, below the limit of {cut_off}.",
        "Le risque de défaut estimé est de {pd}, en dessous de la limite de {cut_off}.",
        "O risco de inadimplência estimado é de {pd}, abaixo do limite de {cut_off}.",
    ),
    "decision.refer": (
        ("The estimated risk of default is {pd}, close to the limit of {cut_off}: a person reviews the application."),
        (
            "Le risque de défaut estimé est de {pd}, proche de la limite de {cut_off} : un conseiller "
            "examine la demande."
        ),
        ("O risco de inadimplência estimado é de {pd}, próximo do limite de {cut_off}: um analista avaliará o pedido."),
    ),
    "decision.decline": (
        "The estimated risk of default is {pd}, above the limit of {cut_off}.",
        "Le risque de défaut estimé est de {pd}, au-dessus de la limite de {cut_off}.",
        "O risco de inadimplência estimado é de {pd}, acima do limite de {cut_off}.",
    ),
    "decision.notice": (
        "A value given needs checking: a person reviews the application.",
        "Une valeur fournie doit être vérifiée : un conseiller examine la demande.",
        "Um valor informado precisa ser verificado: um analista avaliará o pedido.",
    ),
    "rule.decided": (
        "Decided by a rule of the lender: {says}.",
        "Décision prise en application d’une règle du prêteur : {says}.",
        "Decidido por uma regra da instituição: {says}.",
    ),
    "cut_off.money": (
        (
            "A loan is worth making while its expected margin exceeds its expected loss: limit = "
            "{margin} / ({margin} + {lgd}) = {cut_off}."
        ),
        (
            "Un prêt vaut la peine tant que sa marge attendue dépasse sa perte attendue : "
            "limite = {margin} / ({margin} + {lgd}) = {cut_off}."
        ),
        (
            "Um empréstimo compensa enquanto a margem esperada supera a perda esperada: limite = "
            "{margin} / ({margin} + {lgd}) = {cut_off}."
        ),
    ),
    "cut_off.matrix": (
        (
            "Approving a bad loan costs {bad_approved}, declining a good one {good_declined}: "
            "limit = {good_declined} / ({good_declined} + {bad_approved}) = {cut_off}."
        ),
        (
            "Accorder un mauvais prêt coûte {bad_approved}, en refuser un bon {good_declined} : "
            "limite = {good_declined} / ({good_declined} + {bad_approved}) = {cut_off}."
        ),
        (
            "Aprovar um mau empréstimo custa {bad_approved}, recusar um bom {good_declined}: "
            "limite = {good_declined} / ({good_declined} + {bad_approved}) = {cut_off}."
        ),
    ),
    # --- reasons ---
    "reason.raises": (
        "{says}: {value}. This raises the estimated risk; usual among loans approved and repaid: {typical}.",
        "{says} : {value}. Cela augmente le risque estimé ; typique des prêts accordés et remboursés : {typical}.",
        "{says}: {value}. Isso aumenta o risco estimado; valor habitual entre pedidos aprovados e pagos: {typical}.",
    ),
    "reason.lowers": (
        "{says}: {value}. This lowers the estimated risk; usual among loans approved and repaid: {typical}.",
        "{says} : {value}. Cela diminue le risque estimé ; typique des prêts accordés et remboursés : {typical}.",
        "{says}: {value}. Isso reduz o risco estimado; valor habitual entre pedidos aprovados e pagos: {typical}.",
    ),
    "reason.raises.level": (
        "{says}: {value}. This raises the estimated risk.",
        "{says} : {value}. Cela augmente le risque estimé.",
        "{says}: {value}. Isso aumenta o risco estimado.",
    ),
    "reason.lowers.level": (
        "{says}: {value}. This lowers the estimated risk.",
        "{says} : {value}. Cela diminue le risque estimé.",
        "{says}: {value}. Isso reduz o risco estimado.",
    ),
    "reason.missing.raises": (
        "{says}: not given. Its absence raises the estimated risk.",
        "{says} : non renseigné. Cette absence augmente le risque estimé.",
        "{says}: não informado. Essa ausência aumenta o risco estimado.",
    ),
    "reason.missing.lowers": (
        "{says}: not given. Its absence lowers the estimated risk.",
        "{says} : non renseigné. Cette absence diminue le risque estimé.",
        "{says}: não informado. Essa ausência reduz o risco estimado.",
    ),
    # --- values that were not as expected ---
    "value.missing": ("not given", "non renseigné", "não informado"),
    "notice.null": (
        "{column}: {value} is outside what is expected; it is treated as not given.",
        "{column} : {value} est hors des valeurs attendues ; la valeur est traitée comme non renseignée.",
        "{column}: {value} está fora do esperado; o valor é tratado como não informado.",
    ),
    "notice.refer": (
        "{column}: {value} is outside what is expected; a person reviews the application.",
        "{column} : {value} est hors des valeurs attendues ; un conseiller examine la demande.",
        "{column}: {value} está fora do esperado; um analista avaliará o pedido.",
    ),
    "notice.refuse": (
        "{column}: {value} is outside what is expected; the application can't be assessed with it.",
        "{column} : {value} est hors des valeurs attendues ; la demande ne peut pas être évaluée avec cette valeur.",
        "{column}: {value} está fora do esperado; o pedido não pode ser avaliado assim.",
    ),
    "notice.required": (
        "{column} is not given, and is needed.",
        "{column} : non renseigné, alors que cette information est nécessaire.",
        "{column}: não informado, mas essa informação é necessária.",
    ),
    "notice.keep": (
        "{column}: {value} is outside what is expected; it is used as given.",
        "{column} : {value} est hors des valeurs attendues ; la valeur est utilisée telle quelle.",
        "{column}: {value} está fora do esperado; o valor é usado como informado.",
    ),
    "notice.consistency": (
        "Some values do not agree with each other. Expected: {says}.",
        "Certaines valeurs ne concordent pas. Attendu : {says}.",
        "Alguns valores não concordam entre si. Esperado: {says}.",
    ),
    # --- quantities ---
    "unit.year": ("{value} year", "{value} an", "{value} ano"),
    "unit.years": ("{value} years", "{value} ans", "{value} anos"),
    "unit.percent_points": ("{value}%", "{value} %", "{value}%"),
    "unit.points": ("{value} points", "{value} points", "{value} pontos"),
    # --- the dashboard's pages ---
    "page.title": ("Credit decisions", "Décisions de crédit", "Decisões de crédito"),
    "page.language": ("Language", "Langue", "Idioma"),
    "page.view": ("What to do", "Que faire", "O que fazer"),
    "page.look_up": ("Find an application", "Rechercher une demande", "Buscar um pedido"),
    "page.new": ("New application", "Nouvelle demande", "Novo pedido"),
    "page.search": ("Search by number", "Rechercher par numéro", "Buscar por número"),
    "page.search.hint": ("Number or its beginning", "Numéro ou son début", "Número ou começo dele"),
    "page.applications": ("Applications", "Demandes", "Pedidos"),
    "page.range": ("{first}–{last} of {total}", "{first}–{last} sur {total}", "{first}–{last} de {total}"),
    "page.previous": ("Previous", "Précédent", "Anterior"),
    "page.next": ("Next", "Suivant", "Próxima"),
    "page.none_found": (
        "No application number begins with “{search}”. Check it, or search for fewer characters.",
        "Aucun numéro de demande ne commence par « {search} ». Vérifiez-le, ou cherchez moins de caractères.",
        "Nenhum número de pedido começa com “{search}”. Confira-o ou busque menos caracteres.",
    ),
    "page.no_applications": (
        "This service holds no applications. A new one can still be assessed.",
        "Ce service ne contient aucune demande. Une nouvelle demande peut tout de même être évaluée.",
        "Este serviço não tem pedidos. Um novo pedido ainda pode ser avaliado.",
    ),
    "page.choose": (
        "Choose an application to see its decision, the reasons for it, and how it compares.",
        "Choisissez une demande pour voir la décision, ses raisons et sa situation comparée.",
        "Escolha um pedido para ver a decisão, os motivos e a comparação.",
    ),
    "page.fill_in": (
        "Fill in what is known and assess the application: the decision appears here.",
        "Renseignez ce qui est connu, puis évaluez la demande : la décision s’affiche ici.",
        "Preencha o que se sabe e avalie o pedido: a decisão aparece aqui.",
    ),
    "page.loading": ("Assessing the application…", "Évaluation de la demande…", "Avaliando o pedido…"),
    "page.application": ("Application {key}", "Demande {key}", "Pedido {key}"),
    "page.pd": ("Estimated risk of default", "Risque de défaut estimé", "Risco de inadimplência estimado"),
    "page.cut_off": ("Limit {value}", "Limite {value}", "Limite {value}"),
    "page.refer_band": (
        "Between {low} and {high} a person reviews the application.",
        "Entre {low} et {high}, un conseiller examine la demande.",
        "Entre {low} e {high}, um analista avaliará o pedido.",
    ),
    "page.gauge.alt": (
        "Gauge: estimated risk {pd}, limit {cut_off}",
        "Jauge : risque estimé {pd}, limite {cut_off}",
        "Medidor: risco estimado {pd}, limite {cut_off}",
    ),
    "page.score": ("Score", "Score", "Pontuação"),
    "page.score.note": (
        "points; higher is safer",
        "points ; plus haut, plus sûr",
        "pontos; quanto maior, mais seguro",
    ),
    "page.exposure": ("Amount at stake", "Montant en jeu", "Valor em jogo"),
    "page.exposure.note": ("if the loan is made", "si le prêt est accordé", "se o empréstimo for concedido"),
    "page.expected_loss": ("Expected loss", "Perte attendue", "Perda esperada"),
    "page.expected_loss.note": ("from default", "due au défaut", "por inadimplência"),
    "page.expected_profit": ("Expected result", "Résultat attendu", "Resultado esperado"),
    "page.expected_profit.note": ("of approving", "en cas d’accord", "em caso de aprovação"),
    "page.reasons": ("Main reasons", "Raisons principales", "Principais motivos"),
    "page.reasons.none": (
        "No single value stands out from approved applications that were repaid.",
        "Aucune valeur ne se distingue des demandes acceptées et remboursées.",
        "Nenhum valor se destaca em relação aos pedidos aprovados e pagos.",
    ),
    "page.raises": ("raises the risk", "augmente le risque", "aumenta o risco"),
    "page.lowers": ("lowers the risk", "diminue le risque", "reduz o risco"),
    "page.notices": ("Values to check", "Valeurs à vérifier", "Valores a verificar"),
    "page.position": (
        "Compared with past loans",
        "Par rapport aux prêts passés",
        "Em comparação com empréstimos anteriores",
    ),
    "page.position.choose": ("Compare by", "Comparer selon", "Comparar por"),
    "page.position.alt": (
        "Distribution of {feature} among repaid and defaulted loans; this application: {value}",
        "Répartition : {feature}, parmi les prêts remboursés et en défaut ; cette demande : {value}",
        "Distribuição de {feature} entre empréstimos pagos e inadimplentes; este pedido: {value}",
    ),
    "page.position.none": (
        "No comparison is kept for this feature.",
        "Aucune comparaison n’est disponible pour cette caractéristique.",
        "Não há comparação disponível para esta característica.",
    ),
    "page.position.beyond": (
        "This value lies outside the range shown.",
        "Cette valeur se situe hors de l’intervalle affiché.",
        "Este valor está fora do intervalo exibido.",
    ),
    "page.goods": ("Repaid", "Remboursés", "Pagos"),
    "page.bads": ("Defaulted", "En défaut", "Inadimplentes"),
    "page.share_of_group": (
        "How the loans of each group are spread, in per cent of the group.",
        "Répartition des prêts de chaque groupe, en pourcentage du groupe.",
        "Distribuição dos empréstimos de cada grupo, em porcentagem do grupo.",
    ),
    "page.this_application": ("This application", "Cette demande", "Este pedido"),
    "page.contributions": ("Every contribution", "Toutes les contributions", "Todas as contribuições"),
    "page.contributions.note": (
        (
            "How far each value moves the estimate, in log-odds, compared with approved applications "
            "that were repaid. Right of zero raises the risk, left lowers it."
        ),
        (
            "De combien chaque valeur déplace l’estimation, en log-cotes, par rapport aux demandes acceptées "
            "et remboursées. À droite de zéro, le risque augmente ; à gauche, il diminue."
        ),
        (
            "Quanto cada valor desloca a estimativa, em log-chances, em relação aos pedidos aprovados e pagos. "
            "À direita de zero o risco aumenta; à esquerda, diminui."
        ),
    ),
    "page.contributions.alt": (
        "Bars: the contribution of each feature, in log-odds",
        "Barres : la contribution de chaque caractéristique, en log-cotes",
        "Barras: a contribuição de cada característica, em log-chances",
    ),
    "page.data": (
        "The data this decision read",
        "Les données lues pour cette décision",
        "Os dados lidos para esta decisão",
    ),
    "page.data.column": ("Field", "Champ", "Campo"),
    "page.data.value": ("Value", "Valeur", "Valor"),
    "page.new.intro": (
        "The fields start with a typical application. Leave empty what is not known.",
        "Les champs partent d’une demande typique. Laissez vide ce qui n’est pas connu.",
        "Os campos começam com um pedido típico. Deixe em branco o que não se sabe.",
    ),
    "page.new.other": ("Other fields", "Autres champs", "Outros campos"),
    "page.expected_range": (
        "Expected: {low} to {high}",
        "Attendu : de {low} à {high}",
        "Esperado: de {low} a {high}",
    ),
    "page.expected_from": ("Expected: {low} or more", "Attendu : {low} ou plus", "Esperado: {low} ou mais"),
    "page.expected_to": ("Expected: up to {high}", "Attendu : jusqu’à {high}", "Esperado: até {high}"),
    "page.yes": ("Yes", "Oui", "Sim"),
    "page.no": ("No", "Non", "Não"),
    "page.assess": ("Assess the application", "Évaluer la demande", "Avaliar o pedido"),
    "page.model": ("Model", "Modèle", "Modelo"),
    "page.auc": ("AUC", "AUC", "AUC"),
    "page.limit": ("Limit", "Limite", "Limite"),
    "page.learned_from": ("Learned from", "Appris sur", "Aprendido com"),
    "page.learned_from.value": (
        "{count} loans, {bad_rate} defaulted",
        "{count} prêts, {bad_rate} en défaut",
        "{count} empréstimos, {bad_rate} inadimplentes",
    ),
    "page.trained": ("Trained", "Entraîné le", "Treinado em"),
    "page.bundle": ("Bundle", "Bundle", "Bundle"),
    "page.error.service": (
        "The scoring service doesn’t answer at {url}.",
        "Le service de décision ne répond pas à l’adresse {url}.",
        "O serviço de decisão não responde em {url}.",
    ),
    "page.error.service.next": (
        "Start it in a terminal, then try again:",
        "Démarrez-le dans un terminal, puis réessayez :",
        "Inicie-o em um terminal e tente novamente:",
    ),
    "page.error.retry": ("Try again", "Réessayer", "Tentar novamente"),
    "page.error.unknown_key": (
        "No application has the number “{key}”. Check it, or choose one from the list.",
        "Aucune demande ne porte le numéro « {key} ». Vérifiez-le, ou choisissez-en une dans la liste.",
        "Nenhum pedido tem o número “{key}”. Confira-o ou escolha um da lista.",
    ),
    "page.error.refused": (
        "The service can’t assess this application as it stands.",
        "Le service ne peut pas évaluer cette demande en l’état.",
        "O serviço não consegue avaliar este pedido como está.",
    ),
    "page.error.failed": (
        "The service answered with an error.",
        "Le service a répondu par une erreur.",
        "O serviço respondeu com um erro.",
    ),
}


def _set(text: str, code: str) -> str:
    """A text as its language sets it: French binds its double marks with no-break spaces; no line opens with one."""
    if code != "fr":
        return text
    return re.sub(r" (?=[:;?!»])|(?<=«) ", "\xa0", text)


TEXTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        key: MappingProxyType({each.code: _set(text, each.code) for each, text in zip(LANGUAGES, texts, strict=True)})
        for key, texts in _TEXTS.items()
    }
)


def known_language(code: str) -> Language:
    """The language of this exact code; RequestError for any other.

    >>> known_language("fr").name
    'Français'
    """
    for known in LANGUAGES:
        if known.code == code:
            return known
    codes = ", ".join(known.code for known in LANGUAGES)
    raise RequestError(f"unknown language '{code}'.", where="language", hint=f"Known: {codes}.")


def language_of(wanted: str | None) -> str:
    """The code of the best known language for a code or an Accept-Language header; English where none fits.

    >>> language_of("fr-CA,fr;q=0.9,en;q=0.8"), language_of("pt"), language_of("de"), language_of(None)
    ('fr', 'pt-BR', 'en', 'en')
    """
    for tag in _by_preference(wanted or ""):
        for known in LANGUAGES:
            if tag.split("-")[0] == known.code.split("-")[0].lower():
                return known.code
    return DEFAULT


def _by_preference(header: str) -> list[str]:
    """The tags of an Accept-Language header, most wanted first (RFC 9110 §12.5.4); q=0 is not wanted."""
    weighted: list[tuple[float, str]] = []
    for part in header.lower().replace("_", "-").split(","):
        tag, _, parameter = part.strip().partition(";")
        quality = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", parameter)
        weight = float(quality[1]) if quality else 0.0 if parameter else 1.0
        if tag.strip() and weight > 0:
            weighted.append((weight, tag.strip()))
    return [tag for _, tag in sorted(weighted, key=lambda pair: -pair[0])]


def say(key: str, /, language: str, **values: object) -> str:
    """The text of a key in a language, its {placeholders} filled; one that opens with a value gets a capital.

    Raises FiadorError for an unknown key or a value left out, RequestError for an unknown language: it never
    falls back to another language.

    >>> say("reason.raises.level", "pt-BR", says="situação de moradia", value="alugada")
    'Situação de moradia: alugada. Isso aumenta o risco estimado.'
    """
    known_language(language)
    if key not in TEXTS:
        raise FiadorError(f"no text '{key}'.", where="words", hint=did_you_mean(key, TEXTS))
    template = TEXTS[key][language]
    try:
        text = template.format(**values)
    except KeyError as error:
        raise FiadorError(f"'{key}' is said with {error}, which was not given.", where="words") from None
    return text[:1].upper() + text[1:] if template.startswith("{") else text


def number(value: Value, language: str, *, decimals: int | None = None) -> str:
    """A number as the language writes it; at most two decimals, or exactly `decimals`. None is "not given".

    >>> number(1234.5, "en"), number(1234.5, "pt-BR", decimals=2), number(None, "en")
    ('1,234.5', '1.234,50', 'not given')
    """
    if not _is_known(value):
        return say("value.missing", language)
    fraction = ".##" if decimals is None else f".{'0' * decimals}" if decimals else ""
    return format_decimal(value, format=f"#,##0{fraction}", locale=known_language(language).locale)


def money(value: Value, currency: str, language: str, *, cents: bool = False) -> str:
    """An amount of money, in whole units of the currency unless `cents`. None is "not given".

    >>> money(12500, "BRL", "en"), money(-3.456, "BRL", "en", cents=True)
    ('R$12,500', '-R$3.46')
    """
    if not _is_known(value):
        return say("value.missing", language)
    locale = known_language(language).locale
    if cents:
        return format_currency(value, currency, locale=locale)
    pattern = {"en_US": "¤#,##0", "fr_FR": "#,##0\xa0¤", "pt_BR": "¤\xa0#,##0"}[locale]
    return format_currency(value, currency, pattern, locale=locale, currency_digits=False)


def percent(value: Value, language: str, *, decimals: int = 1) -> str:
    """A share (0–1) in per cent. None is "not given".

    >>> percent(0.1818, "en"), percent(0.5, "en", decimals=0)
    ('18.2%', '50%')
    """
    if not _is_known(value):
        return say("value.missing", language)
    locale = known_language(language).locale
    space = "\xa0" if locale == "fr_FR" else ""
    pattern = f"#,##0{'.' if decimals else ''}{'0' * decimals}{space}%"
    return format_percent(value, format=pattern, locale=locale)


def quantity(value: Value, unit: str, language: str, *, currency: str = "") -> str:
    """A value in its declared unit: money, percent (a share), percent_points, years, whole or number.

    >>> quantity(1, "years", "en"), quantity(0.25, "percent", "en")
    ('1 year', '25.0%')
    >>> quantity(900, "money", "pt-BR", currency="BRL").replace("\\xa0", " ")
    'R$ 900'
    """
    if not _is_known(value):
        return say("value.missing", language)
    if unit == "money" and currency:
        return money(value, currency, language)
    if unit == "percent":
        return percent(value, language)
    if unit == "percent_points":
        return say("unit.percent_points", language, value=number(value, language))
    if unit == "years":
        return say(_year_form(value, language), language, value=number(value, language))
    return number(value, language, decimals=0 if unit == "whole" else None)


def date(value: str, language: str) -> str:
    """The day of an ISO date or timestamp, as the language writes it; what is no date comes back as it is.

    >>> date("2026-11-21T10:00:00+00:00", "fr")
    '21 nov. 2026'
    """
    locale = known_language(language).locale
    try:
        return format_date(datetime.fromisoformat(value), locale=locale)
    except ValueError:
        return value


def _year_form(years: float, code: str) -> str:
    """CLDR's plural rule: English takes the singular for 1 alone, French and Portuguese for all below 2."""
    singular = years == 1 if code == "en" else abs(years) < 2
    return "unit.year" if singular else "unit.years"


def _is_known(value: Value) -> TypeGuard[float | int]:
    return value is not None and math.isfinite(value)
