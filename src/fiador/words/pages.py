"""How do the dashboard's pages say it?"""

from __future__ import annotations

# key: (en, fr, pt-BR), in the order of LANGUAGES
PAGES: dict[str, tuple[str, str, str]] = {
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
    "page.new.rows": (
        "One row each, as many as there are; none where there is none.",
        "Une ligne chacun, autant qu’il y en a ; aucune s’il n’y en a pas.",
        "Uma linha para cada, quantas houver; nenhuma se não houver.",
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
