"""How does the report on raw tables say it?"""

from __future__ import annotations

# key: (en, fr, pt-BR), in the order of LANGUAGES
DATA_REPORT: dict[str, tuple[str, str, str]] = {
    "data.title": ("{name}: the data", "{name} : les données", "{name}: os dados"),
    "data.kicker": ("Data report", "Rapport sur les données", "Relatório dos dados"),
    "data.source": ("Read from {source}", "Lu depuis {source}", "Lido de {source}"),
    "data.bad_means": ("Bad means: {means}.", "Mauvais signifie : {means}.", "Mau significa: {means}."),
    "data.contents": ("Contents", "Sommaire", "Conteúdo"),
    "data.foot": (
        "Made by fiador {version} on {date}. No key of an application or of a person is in this file.",
        "Établi par fiador {version} le {date}. Ce fichier ne contient aucune clé de demande ni de personne.",
        "Feito pelo fiador {version} em {date}. Este arquivo não contém nenhuma chave de pedido nem de pessoa.",
    ),
    "data.empty": ("There is nothing to draw.", "Il n’y a rien à représenter.", "Não há nada a desenhar."),
    "data.empty.labelled": (
        "No application here is labelled good or bad.",
        "Aucune demande n’est ici classée bonne ou mauvaise.",
        "Nenhum pedido aqui está classificado como bom ou mau.",
    ),
    # summary
    "data.first": ("What to look at first", "À regarder en premier", "O que ver primeiro"),
    "data.first.none": (
        "Nothing stands out: keys, links and values are as the portfolio declares them.",
        "Rien ne se distingue : clés, liens et valeurs sont conformes à ce que déclare le portefeuille.",
        "Nada se destaca: chaves, vínculos e valores são como a carteira declara.",
    ),
    "data.first.refused": (
        "Development is stopped by {count} of the findings below, until they are mended.",
        "Le développement est bloqué par {count} des constats ci-dessous, jusqu’à correction.",
        "O desenvolvimento está parado por {count} dos achados abaixo, até a correção.",
    ),
    "data.first.few_bads": (
        "Bads are few ({count}): every bad rate below is uncertain, as its interval shows.",
        (
            "Les mauvais dossiers sont rares ({count}) : tous les taux ci-dessous sont incertains, comme le "
            "montrent leurs intervalles."
        ),
        "Os maus são poucos ({count}): toda taxa abaixo é incerta, como mostra seu intervalo.",
    ),
    "data.first.damaged": (
        (
            "{count} applications ({share}) hold a damaged value, and their bad rate differs: {damaged} against "
            "{clean}. Find out what happened to these rows."
        ),
        (
            "{count} demandes ({share}) contiennent une valeur abîmée, et leur taux de défaut est autre : {damaged} "
            "contre {clean}. Cherchez ce qui est arrivé à ces lignes."
        ),
        (
            "{count} pedidos ({share}) têm um valor danificado, e sua taxa de maus é outra: {damaged} contra {clean}. "
            "Descubra o que houve com essas linhas."
        ),
    ),
    "data.first.breached": (
        "{count} applications ({share}) hold a damaged value; their bad rate can’t be told from the others’.",
        (
            "{count} demandes ({share}) contiennent une valeur abîmée ; leur taux de défaut ne se distingue pas de "
            "celui des autres."
        ),
        "{count} pedidos ({share}) têm um valor danificado; sua taxa de maus não se distingue da dos demais.",
    ),
    "data.first.duplicates": (
        "{count} applications ({share}) equal another in everything but keys.",
        "{count} demandes ({share}) sont identiques à une autre, clés exceptées.",
        "{count} pedidos ({share}) são iguais a outro em tudo, exceto nas chaves.",
    ),
    "data.first.too_good": (
        "Suspiciously strong alone: {names}. Make sure that each is known at the decision, not after.",
        (
            "Prédiction étonnamment forte à partir d’une seule variable : {names}. Vérifiez que la valeur est connue "
            "à la décision, et non après."
        ),
        "Fortes demais por si sós: {names}. Confirme que cada valor é conhecido na decisão, e não depois.",
    ),
    "data.first.lender_set": (
        "Among the strongest is the lender’s own opinion: {names}. Models are compared with and without it.",
        (
            "Parmi les plus prédictives figure l’avis du prêteur lui-même : {names}. Les modèles sont comparés "
            "avec et sans."
        ),
        "Entre as mais fortes está a opinião do próprio credor: {names}. Os modelos são comparados com e sem ela.",
    ),
    "data.first.missing_tells": (
        "That a value is missing tells something of the risk: {names}.",
        "L’absence de valeur est elle-même un indice de risque : {names}.",
        "A própria falta do valor diz algo sobre o risco: {names}.",
    ),
    "data.first.half_missing": (
        "More than half of the values are missing: {names}.",
        "Plus de la moitié des valeurs manque : {names}.",
        "Mais da metade dos valores falta: {names}.",
    ),
    "data.first.alike": (
        "Some variables say nearly the same: {names}.",
        "Des variables disent presque la même chose : {names}.",
        "Algumas variáveis dizem quase o mesmo: {names}.",
    ),
    "data.first.constant": (
        "One value only, so nothing to learn from: {names}.",
        "Une seule valeur, donc rien à en apprendre : {names}.",
        "Um único valor, portanto nada a aprender: {names}.",
    ),
    "data.first.identifying": (
        (
            "Nearly every application has a value of its own, which could point at persons: {names}. Its values "
            "are not shown."
        ),
        (
            "Presque chaque demande a sa propre valeur, qui pourrait désigner une personne : {names}. Ces valeurs "
            "ne sont pas affichées."
        ),
        (
            "Quase todo pedido tem um valor próprio, que poderia apontar para pessoas: {names}. Seus valores não "
            "são mostrados."
        ),
    ),
    "data.fact.applications": ("Applications", "Demandes", "Pedidos"),
    "data.fact.applications.note": ("kept of {read} read", "conservées sur {read} lues", "mantidos de {read} lidos"),
    "data.fact.bad_rate": ("Bad rate", "Taux de défaut", "Taxa de maus"),
    "data.fact.bads": ("Bads", "Mauvais dossiers", "Maus"),
    "data.fact.bads.note": ("of {labelled} labelled", "sur {labelled} classées", "de {labelled} classificados"),
    "data.fact.variables": ("Variables", "Variables", "Variáveis"),
    "data.fact.variables.note": (
        "{numbers} numbers, {levels} levels",
        "{numbers} nombres, {levels} modalités",
        "{numbers} números, {levels} categorias",
    ),
    "data.fact.missing": ("Missing values", "Valeurs manquantes", "Valores faltantes"),
    "data.fact.missing.note": (
        "of all values of applications",
        "de toutes les valeurs des demandes",
        "de todos os valores dos pedidos",
    ),
    "data.fact.damaged": ("With a breach", "Avec anomalie", "Com violação"),
    "data.fact.damaged.note": ("of applications", "des demandes", "dos pedidos"),
    "data.interval": ("{low} to {high}", "{low} à {high}", "{low} a {high}"),
    "data.with_interval": ("{value} ({low} to {high})", "{value} ({low} à {high})", "{value} ({low} a {high})"),
    "data.quoted": ("“{said}”", "« {said} »", "“{said}”"),
    # words of many places
    "data.good": ("good", "bon", "bom"),
    "data.bad": ("bad", "mauvais", "mau"),
    "data.unlabelled": ("unlabelled", "non classé", "sem classe"),
    "data.missing": ("missing", "manquant", "faltante"),
    "data.other_levels": ("{count} other levels", "{count} autres modalités", "outras {count} categorias"),
    "data.bad_rate": ("bad rate", "taux de défaut", "taxa de maus"),
    "data.applications": ("applications", "demandes", "pedidos"),
    "data.rows": ("rows", "lignes", "linhas"),
    "data.table": ("Table", "Table", "Tabela"),
    "data.column": ("Column", "Colonne", "Coluna"),
    "data.variable": ("Variable", "Variable", "Variável"),
    "data.value": ("Value", "Valeur", "Valor"),
    "data.count": ("Count", "Nombre", "Quantidade"),
    "data.share": ("Share", "Part", "Parte"),
    "data.yes": ("yes", "oui", "sim"),
    "data.no": ("no", "non", "não"),
    "data.overall": (
        "The dashed line is the bad rate of all: {value}.",
        "La ligne en pointillé est le taux de défaut de l’ensemble : {value}.",
        "A linha tracejada é a taxa de maus do conjunto: {value}.",
    ),
    "data.role.lender_set": ("lender’s own", "fixée par le prêteur", "definida pelo credor"),
    "data.role.protected": ("protected", "protégée", "protegida"),
    "data.role.feature": ("computed", "calculée", "calculada"),
    "data.role.unused": ("not used", "non utilisée", "não usada"),
    "data.role.missing_tells": ("missing tells", "absence informative", "falta informativa"),
    # accounting
    "data.accounting": (
        "Every application accounted for",
        "Toutes les demandes, une à une",
        "A conta de todos os pedidos",
    ),
    "data.accounting.lead": (
        "Read, left out by reason, kept. An application with two reasons counts under the first.",
        "Lues, écartées par motif, conservées. Une demande qui a deux motifs compte au titre du premier.",
        "Lidos, deixados de fora por motivo, mantidos. Um pedido com dois motivos conta no primeiro.",
    ),
    "data.accounting.refused": (
        (
            "A key, a link or a column is refused, so the tables can’t be joined without inventing or losing "
            "applications. Mend what is marked below: the rest of this report appears then."
        ),
        (
            "Une clé, un lien ou une colonne est refusé : joindre les tables inventerait ou perdrait des demandes. "
            "Corrigez ce qui est signalé ci-dessous ; le reste du rapport apparaîtra alors."
        ),
        (
            "Uma chave, um vínculo ou uma coluna foi recusado: juntar as tabelas inventaria ou perderia pedidos. "
            "Corrija o que está marcado abaixo; o restante do relatório aparecerá então."
        ),
    ),
    "data.read": ("Applications read", "Demandes lues", "Pedidos lidos"),
    "data.kept": ("Kept for development", "Conservées pour le développement", "Mantidos para o desenvolvimento"),
    "data.dropped.blank": ("no value in {column}", "aucune valeur dans {column}", "sem valor em {column}"),
    "data.dropped.breached": (
        "a value not as expected in {column}",
        "valeur non conforme dans {column}",
        "valor fora do esperado em {column}",
    ),
    "data.tables": ("Rows by table", "Lignes par table", "Linhas por tabela"),
    # findings
    "data.findings": ("Findings", "Constats", "Achados"),
    "data.findings.lead": (
        "Everything that isn’t as the portfolio declares it, and what happens with it.",
        "Tout ce qui n’est pas conforme à ce que déclare le portefeuille, et ce qu’il en advient.",
        "Tudo o que não é como a carteira declara, e o que acontece com isso.",
    ),
    "data.findings.none": ("Nothing was found.", "Aucun constat.", "Nada foi encontrado."),
    "data.where": ("Where", "Où", "Onde"),
    "data.what": ("What", "Quoi", "O quê"),
    "data.action": ("Action", "Suite donnée", "Ação"),
    "data.action.": ("told", "signalé", "informado"),
    "data.action.count": ("told", "signalé", "informado"),
    "data.action.keep": ("kept as it is", "conservé tel quel", "mantido como está"),
    "data.action.null": ("taken as missing", "tenu pour manquant", "tomado como faltante"),
    "data.action.drop": ("left out", "écarté", "deixado de fora"),
    "data.action.refer": ("goes to a person", "examiné par un conseiller", "vai para um analista"),
    "data.action.refuse": ("refused", "refusé", "recusado"),
    "data.finding.missing": ("missing values", "valeurs manquantes", "valores faltantes"),
    "data.finding.empty": (
        "no row has a value: mend the source, or remove the column and its features from the portfolio",
        (
            "aucune ligne n’a de valeur : corrigez la source, ou retirez la colonne et ses caractéristiques du "
            "portefeuille"
        ),
        "nenhuma linha tem valor: corrija a fonte, ou remova a coluna e suas características da carteira",
    ),
    "data.finding.blank_key": ("blank keys", "clés vides", "chaves em branco"),
    "data.finding.blank_key.refuse": (
        "blank keys, which would match each other in a join: declare them to be left out, or mend the source",
        "clés vides, qui s’apparieraient entre elles : déclarez qu’elles sont écartées, ou corrigez la source",
        "chaves em branco, que casariam entre si: declare que são deixadas de fora, ou corrija a fonte",
    ),
    "data.finding.duplicate_key": (
        "keys in more than one row: an application would match twice. Mend the source",
        "clés présentes sur plusieurs lignes : une demande serait appariée deux fois. Corrigez la source",
        "chaves em mais de uma linha: um pedido casaria duas vezes. Corrija a fonte",
    ),
    "data.finding.breach": ("values not as expected", "valeurs non conformes", "valores fora do esperado"),
    "data.finding.breach.levels": ("values not among {levels}", "valeurs hors de {levels}", "valores fora de {levels}"),
    "data.finding.breach.range": (
        "values not from {low} to {high}",
        "valeurs hors de {low} à {high}",
        "valores fora de {low} a {high}",
    ),
    "data.finding.breach.low": ("values below {low}", "valeurs inférieures à {low}", "valores abaixo de {low}"),
    "data.finding.breach.high": ("values above {high}", "valeurs supérieures à {high}", "valores acima de {high}"),
    "data.finding.orphan": (
        "rows whose link finds nothing in {table}",
        "lignes dont le lien ne trouve rien dans {table}",
        "linhas cujo vínculo nada encontra em {table}",
    ),
    "data.finding.unused": (
        "rows that no row of {table} names",
        "lignes qu’aucune ligne de {table} ne désigne",
        "linhas que nenhuma linha de {table} nomeia",
    ),
    "data.finding.inconsistent": (
        "applications in breach of {rule}",
        "demandes qui enfreignent {rule}",
        "pedidos que violam {rule}",
    ),
    "data.finding.not_checkable": (
        "applications where a value is missing, so the rule can’t be told",
        "demandes où une valeur manque, si bien que la règle ne peut être vérifiée",
        "pedidos em que falta um valor, e a regra não pode ser verificada",
    ),
    "data.finding.duplicates": (
        "applications equal to another in all but keys; kept on one side of every split",
        "demandes identiques à une autre, clés exceptées ; gardées d’un même côté de chaque découpage",
        "pedidos iguais a outro em tudo, exceto nas chaves; mantidos no mesmo lado de cada divisão",
    ),
    "data.finding.target": (
        "the target must be good ({good}) or bad ({bad}), with applications of both",
        "la cible doit valoir bon ({good}) ou mauvais ({bad}), avec des demandes des deux",
        "o alvo deve ser bom ({good}) ou mau ({bad}), com pedidos de ambos",
    ),
    "data.finding.unknown": (
        "rows not known at the decision, in no feature",
        "lignes inconnues au moment de la décision, dans aucune variable",
        "linhas desconhecidas no momento da decisão, em nenhuma variável",
    ),
    "data.finding.later": (
        "applications decided after the date asked for",
        "demandes décidées après la date demandée",
        "pedidos decididos depois da data solicitada",
    ),
    "data.finding.undated": (
        "applications without a date of decision",
        "demandes sans date de décision",
        "pedidos sem data de decisão",
    ),
    "data.finding.near_days": (
        "times declared as days that are whole and few, as months would be",
        "temps déclarés en jours, entiers et peu nombreux comme le seraient des mois",
        "tempos declarados em dias, inteiros e poucos como seriam meses",
    ),
    "data.finding.far_months": (
        "times declared as months that are too far away, as days would be",
        "temps déclarés en mois, trop lointains comme le seraient des jours",
        "tempos declarados em meses, distantes demais como seriam dias",
    ),
    # variables
    "data.ranking": ("Which variables tell most", "Quelles variables en disent le plus", "Quais variáveis dizem mais"),
    "data.ranking.lead": (
        (
            "Information value (IV) of each variable alone, corrected for the number of its bins: below 0.02 it "
            "tells hardly anything, 0.1 to 0.3 is useful, above 0.5 deserves a second look. AUC is how well the "
            "variable alone ranks the applications that have it; levels are ranked by their own bad rates, which "
            "flatters a variable of many levels."
        ),
        (
            "Valeur d’information (IV) de chaque variable prise seule, corrigée du nombre de ses tranches : sous 0,02 "
            "elle ne dit presque rien, de 0,1 à 0,3 elle est utile, au-dessus de 0,5 elle mérite un second regard. "
            "L’AUC indique comment la variable seule classe les demandes qui en ont une valeur ; les modalités sont "
            "classées par leur propre taux de défaut, ce qui flatte une variable qui en a beaucoup."
        ),
        (
            "Valor de informação (IV) de cada variável sozinha, corrigido pelo número de suas faixas: abaixo de 0,02 "
            "quase nada diz, de 0,1 a 0,3 é útil, acima de 0,5 merece um segundo olhar. A AUC é quão bem a variável "
            "sozinha ordena os pedidos que a têm; as categorias são ordenadas por sua própria taxa de maus, o que "
            "favorece uma variável de muitas categorias."
        ),
    ),
    "data.ranking.figure": (
        "The strongest, by information value",
        "Les plus fortes, par valeur d’information",
        "As mais fortes, por valor de informação",
    ),
    "data.information": ("Information value", "Valeur d’information", "Valor de informação"),
    "data.index": ("All variables", "Toutes les variables", "Todas as variáveis"),
    "data.variables": ("Variable by variable", "Variable par variable", "Variável por variável"),
    "data.variables.lead": (
        (
            "In the order of what they tell. Each bad rate stands with its 95% interval; the pale bar behind it is "
            "the share of applications. Numbers are cut into tenths. The outer bars of a histogram hold everything "
            "beyond."
        ),
        (
            "Dans l’ordre de ce qu’elles disent. Chaque taux de défaut est donné avec son intervalle à 95 % ; la "
            "barre pâle derrière lui est la part des demandes. Les nombres sont découpés en dixièmes. Les barres "
            "extrêmes d’un histogramme contiennent tout ce qui est au-delà."
        ),
        (
            "Na ordem do que dizem. Cada taxa de maus vem com seu intervalo de 95%; a barra clara atrás dela é a "
            "parte dos pedidos. Números são cortados em décimos. As barras das pontas de um histograma contêm tudo "
            "o que está além."
        ),
    ),
    "data.variables.rest": (
        "{count} variables that tell least",
        "{count} variables qui en disent le moins",
        "{count} variáveis que dizem menos",
    ),
    "data.spread.alt": (
        "Histogram of {variable}: applications by class",
        "Histogramme de {variable} : demandes par classe",
        "Histograma de {variable}: pedidos por classe",
    ),
    "data.rates.alt": (
        "Bad rate by {variable}, with intervals",
        "Taux de défaut selon {variable}, avec intervalles",
        "Taxa de maus por {variable}, com intervalos",
    ),
    "data.given": ("given", "renseignées", "informados"),
    "data.distinct": ("distinct", "distinctes", "distintos"),
    "data.median": ("median", "médiane", "mediana"),
    "data.middle_half": ("middle half", "moitié centrale", "metade central"),
    "data.range": ("range", "étendue", "intervalo"),
    "data.mean": ("mean", "moyenne", "média"),
    "data.hidden": (
        "Nearly every application has a level of its own: they could point at persons and are not shown.",
        (
            "Presque chaque demande a sa propre modalité : elles pourraient désigner des personnes et ne sont pas "
            "affichées."
        ),
        "Quase todo pedido tem uma categoria própria: elas poderiam apontar para pessoas e não são mostradas.",
    ),
    # missing
    "data.absence": ("Missing values", "Valeurs manquantes", "Valores faltantes"),
    "data.absence.lead": (
        (
            "After cleaning: a value that isn’t as expected is taken as missing. Where the bad rate of "
            "applications that miss a value differs beyond accident, its absence tells something: ask why it is "
            "missing before a model learns it."
        ),
        (
            "Après nettoyage : une valeur non conforme est tenue pour manquante. Lorsque le taux de défaut des "
            "demandes sans valeur s’écarte plus que le hasard ne l’explique, l’absence est informative : "
            "demandez-vous pourquoi la valeur manque avant qu’un modèle ne l’apprenne."
        ),
        (
            "Depois da limpeza: um valor fora do esperado é tomado como faltante. Quando a taxa de maus dos "
            "pedidos sem valor difere além do acaso, a falta diz algo: pergunte por que o valor falta antes que um "
            "modelo aprenda isso."
        ),
    ),
    "data.absence.none": (
        "No application misses any value.",
        "Il ne manque aucune valeur à aucune demande.",
        "Nenhum pedido tem valor faltante.",
    ),
    "data.absence.figure": ("Share missing", "Part manquante", "Parte faltante"),
    "data.absence.figure.note": (
        "The {shown} variables that miss most, of {count} that miss any.",
        "Les {shown} variables les plus incomplètes, sur {count} qui le sont.",
        "As {shown} variáveis com mais faltas, de {count} que têm alguma.",
    ),
    "data.absence.rates": (
        "Bad rate where missing",
        "Taux de défaut en l’absence de valeur",
        "Taxa de maus onde falta",
    ),
    "data.absence.rates.note": (
        "Orange differs from the applications that have a value (1%, corrected for the number of variables).",
        "En orange : diffère des demandes qui ont une valeur (seuil de 1 %, corrigé du nombre de variables).",
        "Em laranja: difere dos pedidos que têm valor (1%, corrigido pelo número de variáveis).",
    ),
    "data.absence.table": ("Missing against given", "Absente contre renseignée", "Faltante contra informado"),
    "data.absence.missing_rate": ("Bad rate, missing", "Taux de défaut, absente", "Taxa de maus, faltante"),
    "data.absence.given_rate": ("Bad rate, given", "Taux de défaut, renseignée", "Taxa de maus, informado"),
    "data.absence.tells": ("Tells", "Informative", "Diz algo"),
    "data.together": ("Missing together", "Absentes ensemble", "Faltam juntas"),
    "data.together.lead": (
        "These are missing on nearly the same applications: they come from one place.",
        "Elles manquent sur presque les mêmes demandes : elles proviennent d’un même endroit.",
        "Faltam em quase os mesmos pedidos: vêm de um mesmo lugar.",
    ),
    # extremes
    "data.extremes": ("Far from the middle", "Loin du centre", "Longe do centro"),
    "data.extremes.lead": (
        (
            "Values the portfolio rules out, and numbers beyond three quartile ranges from the quartiles. Far out "
            "is not wrong: look whether the values can be true."
        ),
        (
            "Les valeurs que le portefeuille exclut, et les nombres à plus de trois écarts interquartiles des "
            "quartiles. Loin ne veut pas dire faux : voyez si ces valeurs peuvent être vraies."
        ),
        (
            "Os valores que a carteira exclui, e os números além de três intervalos interquartis dos quartis. "
            "Longe não é errado: veja se os valores podem ser verdadeiros."
        ),
    ),
    "data.extremes.none": (
        "No number lies beyond its fences.",
        "Aucun nombre n’est au-delà de ses bornes.",
        "Nenhum número está além de seus limites.",
    ),
    "data.extremes.table": (
        "Beyond three quartile ranges",
        "Au-delà de trois écarts interquartiles",
        "Além de três intervalos interquartis",
    ),
    "data.extremes.fences": ("Expected within", "Attendu entre", "Esperado entre"),
    "data.extremes.below": ("Below", "Au-dessous", "Abaixo"),
    "data.extremes.above": ("Above", "Au-dessus", "Acima"),
    "data.extremes.rate": ("Bad rate beyond", "Taux de défaut au-delà", "Taxa de maus além"),
    "data.extremes.lowest": ("Smallest", "Plus petites", "Menores"),
    "data.extremes.highest": ("Largest", "Plus grandes", "Maiores"),
    "data.unexpected": ("Not as declared", "Non conformes à la déclaration", "Fora do declarado"),
    "data.unexpected.none": (
        "Every value is as declared.",
        "Toutes les valeurs sont conformes à la déclaration.",
        "Todo valor é como declarado.",
    ),
    "data.unexpected.values": ("Values and their rows", "Valeurs et leurs lignes", "Valores e suas linhas"),
    # associations
    "data.associations": ("What goes together", "Ce qui va ensemble", "O que anda junto"),
    "data.associations.lead": (
        (
            "Numbers with numbers by Spearman’s rank correlation (orange rises together, blue falls), levels with "
            "levels by Cramér’s V, levels with numbers by the correlation ratio of the ranks. None of them says what "
            "causes what."
        ),
        (
            "Nombres entre eux par la corrélation des rangs de Spearman (orange : ils montent ensemble ; bleu : l’un "
            "baisse), modalités entre elles par le V de Cramér, modalités et nombres par le rapport de corrélation "
            "des rangs. Aucun ne dit ce qui cause quoi."
        ),
        (
            "Números entre si pela correlação de postos de Spearman (laranja: sobem juntos; azul: um desce), "
            "categorias entre si pelo V de Cramér, categorias com números pela razão de correlação dos postos. Nenhum "
            "diz o que causa o quê."
        ),
    ),
    "data.associations.matrix": (
        "The variables that tell most",
        "Les variables qui en disent le plus",
        "As variáveis que dizem mais",
    ),
    "data.associations.scroll": (
        "Slide sideways to see every column →",
        "Faites glisser pour voir toutes les colonnes →",
        "Deslize para o lado para ver todas as colunas →",
    ),
    "data.associations.pairs": ("The strongest pairs", "Les paires les plus fortes", "Os pares mais fortes"),
    "data.associations.none": (
        "No two variables go together at 0.1 or more.",
        "Aucune paire de variables n’atteint 0,1.",
        "Nenhum par de variáveis chega a 0,1.",
    ),
    "data.associations.one": ("One", "L’une", "Uma"),
    "data.associations.other": ("Other", "L’autre", "Outra"),
    "data.associations.how": ("Measure", "Mesure", "Medida"),
    "data.associations.strength": ("Strength", "Force", "Força"),
    "data.associations.rank": ("Spearman’s ρ", "ρ de Spearman", "ρ de Spearman"),
    "data.associations.levels": ("Cramér’s V", "V de Cramér", "V de Cramér"),
    "data.associations.mixed": ("correlation ratio η", "rapport de corrélation η", "razão de correlação η"),
    # damage
    "data.damage": (
        "Clean against damaged rows",
        "Lignes saines contre lignes abîmées",
        "Linhas limpas contra danificadas",
    ),
    "data.damage.lead": (
        "Damaged: an application with at least one value that isn’t as declared, or in breach of a consistency rule.",
        "Abîmée : une demande dont au moins une valeur n’est pas conforme, ou qui enfreint une règle de cohérence.",
        "Danificado: um pedido com ao menos um valor fora do declarado, ou que viola uma regra de consistência.",
    ),
    "data.damage.none": (
        "No application breaches anything.",
        "Aucune demande n’enfreint quoi que ce soit.",
        "Nenhum pedido viola coisa alguma.",
    ),
    "data.damage.clean": ("clean", "saines", "limpos"),
    "data.damage.damaged": ("damaged", "abîmées", "danificados"),
    "data.damage.rates": (
        "Bad rate by what is breached",
        "Taux de défaut selon l’anomalie",
        "Taxa de maus pelo que é violado",
    ),
    "data.damage.medians": (
        "Medians with their intervals",
        "Médianes et leurs intervalles",
        "Medianas e seus intervalos",
    ),
    "data.damage.apart": ("apart", "écart net", "diferença clara"),
    "data.damage.apart.note": (
        "“Apart” marks medians whose 95% intervals don’t touch.",
        "« Écart net » signale des médianes dont les intervalles à 95 % ne se touchent pas.",
        "“Diferença clara” marca medianas cujos intervalos de 95% não se tocam.",
    ),
    "data.rules": ("Rules that are broken", "Règles enfreintes", "Regras violadas"),
    "data.rules.lead": (
        "A few of the breaches, by the columns the rule reads.",
        "Quelques-unes des infractions, par les colonnes que lit la règle.",
        "Algumas das violações, pelas colunas que a regra lê.",
    ),
    "data.rules.count": (
        "{count} applications, bad rate {rate}",
        "{count} demandes, taux de défaut {rate}",
        "{count} pedidos, taxa de maus {rate}",
    ),
    # children
    "data.children": ("Tables of many rows", "Tables à plusieurs lignes", "Tabelas de muitas linhas"),
    "data.children.lead": (
        "How many rows known at the decision belong to one row of the table above, and what is missing in them.",
        "Combien de lignes connues à la décision se rattachent à une ligne de la table supérieure, et ce qui y manque.",
        "Quantas linhas conhecidas na decisão pertencem a uma linha da tabela acima, e o que falta nelas.",
    ),
    "data.children.title": ("{table} under {parent}", "{table} sous {parent}", "{table} sob {parent}"),
    "data.children.figure": ("Rows per parent", "Lignes par parent", "Linhas por registro acima"),
    "data.children.parents": ("parents", "parents", "registros acima"),
    "data.children.rows": ("rows", "lignes", "linhas"),
    "data.children.none": ("with none", "sans aucune", "sem nenhuma"),
    "data.children.mean": ("mean", "moyenne", "média"),
    "data.children.most": ("most", "au plus", "máximo"),
    "data.children.missing": ("Share missing by column", "Part manquante par colonne", "Parte faltante por coluna"),
    "data.children.alt": (
        "Bars: how many rows of {parent} have how many rows of {table}",
        "Barres : combien de lignes de {parent} ont combien de lignes de {table}",
        "Barras: quantas linhas de {parent} têm quantas linhas de {table}",
    ),
}
