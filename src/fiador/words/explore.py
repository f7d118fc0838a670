"""How does the page that explores the known applications say it?"""

from __future__ import annotations

# key: (en, fr, pt-BR), in the order of LANGUAGES
EXPLORE: dict[str, tuple[str, str, str]] = {
    "explore.view": ("Explore", "Explorer", "Explorar"),
    "explore.section": ("What to look at", "Que regarder", "O que observar"),
    "explore.section.spread": ("Distribution", "Répartition", "Distribuição"),
    "explore.section.pair": ("Two features", "Deux caractéristiques", "Duas características"),
    "explore.section.compare": ("Compare", "Comparer", "Comparar"),
    "explore.section.values": ("All values", "Toutes les valeurs", "Todos os valores"),
    "explore.section.dictionary": ("Dictionary", "Dictionnaire", "Dicionário"),
    "explore.client": ("Application number", "Numéro de demande", "Número do pedido"),
    "explore.client.hint": ("Type it, press Enter", "Saisir, puis Entrée", "Digite e tecle Enter"),
    "explore.client.invite": (
        "Type an application’s number to see where it stands. Without one, the page shows everybody.",
        "Saisissez le numéro d’une demande pour la situer. Sans numéro, la page montre tout le monde.",
        "Digite o número de um pedido para ver a posição dele. Sem número, a página mostra todos.",
    ),
    "explore.client.pd": ("Risk {pd}", "Risque {pd}", "Risco {pd}"),
    "explore.client.needed": (
        "Type an application’s number above: this view is about one application.",
        "Saisissez un numéro de demande ci-dessus : cette vue porte sur une seule demande.",
        "Digite acima o número de um pedido: esta visão trata de um só pedido.",
    ),
    "explore.loading": ("Counting applications…", "Décompte des demandes…", "Contando os pedidos…"),
    "explore.preparing": (
        "The service is assessing every known application.",
        "Le service évalue toutes les demandes connues.",
        "O serviço está avaliando todos os pedidos conhecidos.",
    ),
    "explore.preparing.next": (
        "This happens once after it starts and takes a moment. The page goes on by itself.",
        "Cela se fait une fois, après son démarrage, et prend un moment. La page continue d’elle-même.",
        "Isso acontece uma vez, depois que ele inicia, e leva um momento. A página continua sozinha.",
    ),
    "explore.nobody": (
        "This service holds no applications, so there is nothing to explore. Start it with --source.",
        "Ce service ne contient aucune demande : il n’y a rien à explorer. Démarrez-le avec --source.",
        "Este serviço não tem pedidos, então não há o que explorar. Inicie-o com --source.",
    ),
    "explore.too_few": (
        "Fewer than {fewest} applications match: widen the filter or choose another group.",
        "Moins de {fewest} demandes correspondent : élargissez le filtre ou choisissez un autre groupe.",
        "Menos de {fewest} pedidos correspondem: amplie o filtro ou escolha outro grupo.",
    ),
    "explore.few": (
        "Hatched: too few applications to tell a share, so that nobody can be recognised.",
        "Hachuré : trop peu de demandes pour donner une part, afin que personne ne soit reconnu.",
        "Hachurado: pedidos de menos para dar uma parcela, para que ninguém seja reconhecido.",
    ),
    "explore.rounded": (
        "Counts are rounded to multiples of five.",
        "Les nombres sont arrondis à des multiples de cinq.",
        "As quantidades são arredondadas para múltiplos de cinco.",
    ),
    "explore.few.cell": ("too few to tell", "trop peu pour le dire", "poucos demais para dizer"),
    "explore.variable": ("Feature", "Caractéristique", "Característica"),
    "explore.x": ("Across", "Horizontalement", "Na horizontal"),
    "explore.y": ("Upwards", "Verticalement", "Na vertical"),
    "explore.group": ("Group", "Groupe", "Grupo"),
    "explore.group.all": ("Everybody", "Tout le monde", "Todos"),
    "explore.group.approved": ("Approved", "Accordées", "Aprovados"),
    "explore.group.referred": ("Referred", "À examiner", "Em análise"),
    "explore.group.declined": ("Declined", "Refusées", "Recusados"),
    "explore.group.goods": ("Repaid", "Remboursées", "Pagos"),
    "explore.group.bads": ("Defaulted", "En défaut", "Inadimplentes"),
    "explore.group.counted": ("{group} · {count}", "{group} · {count}", "{group} · {count}"),
    "explore.filter": ("Only where", "Seulement si", "Somente se"),
    "explore.filter.none": ("No filter", "Aucun filtre", "Sem filtro"),
    "explore.filter.operator": ("Condition", "Condition", "Condição"),
    "explore.filter.value": ("Value", "Valeur", "Valor"),
    "explore.filter.value_percent": ("Value, in %", "Valeur, en %", "Valor, em %"),
    "explore.filter.eq": ("is", "est", "é"),
    "explore.filter.ne": ("is not", "n’est pas", "não é"),
    "explore.filter.ge": ("is at least", "est d’au moins", "é pelo menos"),
    "explore.filter.gt": ("is more than", "est supérieur à", "é maior que"),
    "explore.filter.le": ("is at most", "est d’au plus", "é no máximo"),
    "explore.filter.lt": ("is less than", "est inférieur à", "é menor que"),
    "explore.filter.missing": ("is not given", "n’est pas renseigné", "não está informado"),
    "explore.filter.given": ("is given", "est renseigné", "está informado"),
    "explore.filter.open": (
        "Give a value: until then the filter does nothing.",
        "Indiquez une valeur : d’ici là, le filtre est sans effet.",
        "Informe um valor: até lá, o filtro não tem efeito.",
    ),
    "explore.applications": ("Applications", "Demandes", "Pedidos"),
    "explore.counted": ("{count} applications", "{count} demandes", "{count} pedidos"),
    "explore.bad_rate": ("Share that defaulted", "Part en défaut", "Parte inadimplente"),
    "explore.bad_rate.note": (
        "Of those whose outcome is known.",
        "Parmi celles dont l’issue est connue.",
        "Entre os que têm desfecho conhecido.",
    ),
    "explore.declined_rate": ("Share declined", "Part refusée", "Parte recusada"),
    "explore.below": (
        "{says}: {value}. {share} of this group lie below.",
        "{says} : {value}. {share} de ce groupe se situent en dessous.",
        "{says}: {value}. {share} deste grupo ficam abaixo.",
    ),
    "explore.same": (
        "{says}: {value}, like {count} of the {total} in this group.",
        "{says} : {value}, comme {count} des {total} de ce groupe.",
        "{says}: {value}, como {count} dos {total} deste grupo.",
    ),
    "explore.value": ("{says}: {value}.", "{says} : {value}.", "{says}: {value}."),
    "explore.spread.alt": (
        "How many applications have each value of {feature}, in the group: {group}",
        "Nombre de demandes par valeur de : {feature}, dans le groupe : {group}",
        "Quantos pedidos têm cada valor de {feature}, no grupo: {group}",
    ),
    "explore.rate.alt": (
        "Share of loans that defaulted, by {feature}, in the group: {group}",
        "Part des prêts en défaut selon : {feature}, dans le groupe : {group}",
        "Parte dos empréstimos inadimplentes por {feature}, no grupo: {group}",
    ),
    "explore.ends": (
        "The first and the last bar also hold all that lies beyond.",
        "La première et la dernière barre comprennent aussi tout ce qui se trouve au-delà.",
        "A primeira e a última barra incluem também tudo o que fica além delas.",
    ),
    "explore.as_table": ("As a table", "Sous forme de tableau", "Em tabela"),
    "explore.pair.shade": ("Shade by", "Nuancer selon", "Colorir por"),
    "explore.pair.alt": (
        "{x} against {y}: {shade} of each combination, in the group: {group}",
        "{x} et {y} : {shade} de chaque combinaison, dans le groupe : {group}",
        "{x} e {y}: {shade} de cada combinação, no grupo: {group}",
    ),
    "explore.pair.same": (
        "Choose two different features to cross them.",
        "Choisissez deux caractéristiques différentes pour les croiser.",
        "Escolha duas características diferentes para cruzá-las.",
    ),
    "explore.pair.client": (
        "This application: {x}, {y}.",
        "Cette demande : {x}, {y}.",
        "Este pedido: {x}, {y}.",
    ),
    "explore.pair.empty": ("next to nobody", "presque personne", "quase ninguém"),
    "explore.compare.with": ("Compare with", "Comparer avec", "Comparar com"),
    "explore.compare.intro": (
        (
            "Each line spans where 99 of 100 applications lie. The band is the group’s middle half, the tick its "
            "middle, the dot this application. What weighs most in its decision comes first."
        ),
        (
            "Chaque ligne couvre l’étendue de 99 demandes sur 100. La bande est la moitié centrale du groupe, le "
            "trait son milieu, le point cette demande. Ce qui pèse le plus dans la décision vient en premier."
        ),
        (
            "Cada linha cobre onde estão 99 de 100 pedidos. A faixa é a metade central do grupo, o traço é o meio, "
            "o ponto é este pedido. O que mais pesa na decisão vem primeiro."
        ),
    ),
    "explore.compare.below": ("{share} lie below", "{share} en dessous", "{share} abaixo"),
    "explore.compare.alike": ("{share} the same", "{share} identiques", "{share} iguais"),
    "explore.compare.middle": (
        "usual {median}; half between {low} and {high}",
        "typique {median} ; la moitié entre {low} et {high}",
        "habitual {median}; metade entre {low} e {high}",
    ),
    "explore.compare.typical": ("most often {value}", "le plus souvent {value}", "mais comum: {value}"),
    "explore.values.search": ("Search these values", "Chercher dans ces valeurs", "Buscar nestes valores"),
    "explore.values.derived": ("Derived features", "Caractéristiques dérivées", "Características derivadas"),
    "explore.values.column": ("Field", "Champ", "Campo"),
    "explore.values.value": ("Value", "Valeur", "Valor"),
    "explore.dictionary.search": ("Search the dictionary", "Chercher dans le dictionnaire", "Buscar no dicionário"),
    "explore.search.hint": (
        "A word or a column’s name",
        "Un mot ou un nom de colonne",
        "Uma palavra ou nome de coluna",
    ),
    "explore.search.none": (
        "Nothing here is called “{search}”. Try fewer letters.",
        "Rien ici ne s’appelle « {search} ». Essayez avec moins de lettres.",
        "Nada aqui se chama “{search}”. Tente com menos letras.",
    ),
    "explore.search.more": (
        "{count} more: search to narrow them down.",
        "{count} de plus : affinez par la recherche.",
        "Mais {count}: refine pela busca.",
    ),
    "explore.dictionary.count": (
        "{shown} of {total} features",
        "{shown} caractéristiques sur {total}",
        "{shown} de {total} características",
    ),
    "explore.dictionary.feature": ("Feature", "Caractéristique", "Característica"),
    "explore.dictionary.made": ("How it is made", "Comment elle est obtenue", "Como é obtida"),
    "explore.dictionary.range": ("Values", "Valeurs", "Valores"),
    "explore.dictionary.missing": ("Not given", "Non renseigné", "Não informado"),
    "explore.dictionary.from_to": ("{low} to {high}", "de {low} à {high}", "de {low} a {high}"),
    "explore.dictionary.range.note": (
        "Values: the range that holds 99 of 100 applications, or the levels.",
        "Valeurs : l’intervalle qui contient 99 demandes sur 100, ou les modalités.",
        "Valores: o intervalo que contém 99 de 100 pedidos, ou as categorias.",
    ),
    "explore.mark.used": ("Read by the model", "Lue par le modèle", "Lida pelo modelo"),
    "explore.mark.lender_set": ("Set by the lender", "Fixée par le prêteur", "Definida pelo credor"),
    "explore.unit.money": ("money", "montant", "valor em dinheiro"),
    "explore.unit.percent": ("per cent", "pour cent", "por cento"),
    "explore.unit.percent_points": ("percentage points", "points de pourcentage", "pontos percentuais"),
    "explore.unit.years": ("years", "années", "anos"),
    "explore.unit.whole": ("whole number", "nombre entier", "número inteiro"),
    "explore.unit.number": ("number", "nombre", "número"),
    "explore.unit.level": ("category", "catégorie", "categoria"),
}
