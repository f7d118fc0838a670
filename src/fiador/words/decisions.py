"""How are a decision, its reasons, its notices and quantities said?"""

from __future__ import annotations

# key: (en, fr, pt-BR), in the order of LANGUAGES
DECISIONS: dict[str, tuple[str, str, str]] = {
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
    "rule.untold": (
        "A rule of the lender could not be checked, since a value it needs is not given: whether {says}.",
        "Une règle du prêteur n’a pas pu être vérifiée, faute d’une valeur nécessaire : si {says}.",
        "Uma regra da instituição não pôde ser verificada, pois falta um valor necessário: se {says}.",
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
    "notice.unknown": (
        "{table}: rows not yet known at the decision, left out: {value}.",
        "{table} : lignes pas encore connues à la décision, laissées de côté : {value}.",
        "{table}: linhas ainda não conhecidas na decisão, deixadas de fora: {value}.",
    ),
    "notice.unmatched": (
        "{table}: rows that belong to no other row sent, left out: {value}.",
        "{table} : lignes rattachées à aucune autre ligne envoyée, laissées de côté : {value}.",
        "{table}: linhas que não pertencem a nenhuma outra linha enviada, deixadas de fora: {value}.",
    ),
    # --- quantities ---
    "unit.year": ("{value} year", "{value} an", "{value} ano"),
    "unit.years": ("{value} years", "{value} ans", "{value} anos"),
    "unit.percent_points": ("{value}%", "{value} %", "{value}%"),
    "unit.points": ("{value} points", "{value} points", "{value} pontos"),
}
