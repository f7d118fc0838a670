"""How does the report on a bundle say it?"""

from __future__ import annotations

# key: (en, fr, pt-BR), in the order of LANGUAGES
MODEL_REPORT: dict[str, tuple[str, str, str]] = {
    "model.title": ("{name}: the model", "{name} : le modèle", "{name}: o modelo"),
    "model.kicker": ("Model report", "Rapport sur le modèle", "Relatório do modelo"),
    "model.subtitle": (
        "Bad means: {means}. Trained on {date} with fiador {version}.",
        "Mauvais signifie : {means}. Entraîné le {date} avec fiador {version}.",
        "Mau significa: {means}. Treinado em {date} com fiador {version}.",
    ),
    "model.contents": ("Contents", "Sommaire", "Conteúdo"),
    "model.foot": (
        (
            "Made by fiador {version} from the bundle {id}. No row of data, and no key of an application or of a "
            "person, is in this file."
        ),
        (
            "Établi par fiador {version} à partir du bundle {id}. Ce fichier ne contient aucune ligne de données, ni "
            "aucune clé de demande ou de personne."
        ),
        (
            "Feito pelo fiador {version} a partir do bundle {id}. Este arquivo não contém nenhuma linha de dados nem "
            "chave de pedido ou de pessoa."
        ),
    ),
    "model.with_interval": ("{value} ({low}–{high})", "{value} ({low}–{high})", "{value} ({low}–{high})"),
    "model.with_ends": ("{value} ({low} to {high})", "{value} ({low} à {high})", "{value} ({low} a {high})"),
    "model.bad_rate": ("bad rate", "taux de défaut", "taxa de maus"),
    "model.goods": ("goods", "bons", "bons"),
    "model.bads": ("bads", "mauvais", "maus"),
    "model.empty": ("There is nothing to draw.", "Il n’y a rien à représenter.", "Não há nada a desenhar."),
    "model.yes": ("yes", "oui", "sim"),
    "model.no": ("no", "non", "não"),
    # candidates, said in every language
    "model.candidate.dummy": ("the bad rate for everyone", "le taux de défaut pour tous", "a taxa de maus para todos"),
    "model.candidate.logistic_regression": ("logistic regression", "régression logistique", "regressão logística"),
    "model.candidate.decision_tree": ("decision tree", "arbre de décision", "árvore de decisão"),
    "model.candidate.random_forest": ("random forest", "forêt aléatoire", "floresta aleatória"),
    "model.candidate.hist_gradient_boosting": ("gradient boosting", "gradient boosting", "gradient boosting"),
    "model.candidate.lightgbm": ("LightGBM", "LightGBM", "LightGBM"),
    "model.candidate.with_lender_set": (
        "{name}, with the lender’s opinion",
        "{name}, avec l’avis du prêteur",
        "{name}, com a opinião do credor",
    ),
    # short names of figures, for tables
    "model.metric.auc": ("AUC", "AUC", "AUC"),
    "model.metric.gini": ("Gini", "Gini", "Gini"),
    "model.metric.ks": ("KS", "KS", "KS"),
    "model.metric.average_precision": ("Average precision", "Précision moyenne", "Precisão média"),
    "model.metric.brier": ("Brier", "Brier", "Brier"),
    "model.metric.log_loss": ("Log loss", "Perte log.", "Perda log."),
    "model.metric.calibration_slope": ("Calibration slope", "Pente de calibration", "Inclinação da calibração"),
    "model.metric.ece": ("ECE", "ECE", "ECE"),
    "model.metric.accuracy": ("Accuracy", "Exactitude", "Acurácia"),
    "model.metric.precision": ("Precision", "Précision", "Precisão"),
    "model.metric.recall": ("Recall", "Rappel", "Sensibilidade"),
    "model.metric.f1": ("F1", "F1", "F1"),
    # summary
    "model.fact.champion": ("Champion", "Modèle retenu", "Modelo escolhido"),
    "model.fact.champion.note": ("best by {aim}", "le meilleur selon : {aim}", "o melhor em: {aim}"),
    "model.fact.interval": ("95% interval {ends}", "intervalle à 95 % : {ends}", "intervalo de 95%: {ends}"),
    "model.fact.cut_off": ("Cut-off", "Seuil", "Limite"),
    "model.fact.cut_off.note": (
        "declined from this risk on",
        "refus à partir de ce risque",
        "recusa a partir deste risco",
    ),
    "model.fact.approved": ("Approved at the cut-off", "Demandes accordées au seuil", "Aprovados no limite"),
    "model.fact.approved.note": (
        "of whom {bad_rate} go bad; {all} of all do",
        "dont {bad_rate} de mauvais, contre {all} au total",
        "dos quais {bad_rate} são maus; no total, {all}",
    ),
    "model.data": (
        (
            "Developed on {labelled} applications with a known outcome, {bad} of them bad. Every figure below comes "
            "from rows the model did not learn from: each fold is judged by the model fitted on the others. The "
            "tables themselves are not needed for this report."
        ),
        (
            "Développé sur {labelled} demandes au résultat connu, dont {bad} mauvaises. Tous les chiffres ci-dessous "
            "viennent de lignes dont le modèle n’a rien appris : chaque pli est jugé par le modèle ajusté sur les "
            "autres. Les tables elles-mêmes ne sont pas nécessaires à ce rapport."
        ),
        (
            "Desenvolvido com {labelled} pedidos de resultado conhecido, {bad} deles maus. Todos os números abaixo "
            "vêm de linhas com as quais o modelo não aprendeu: cada dobra é julgada pelo modelo ajustado nas outras. "
            "As tabelas em si não são necessárias para este relatório."
        ),
    ),
    "model.gate.passed": (
        "The model passes the gate its portfolio declares: {bounds}.",
        "Le modèle satisfait les exigences fixées par son portefeuille : {bounds}.",
        "O modelo atende aos critérios declarados em sua carteira: {bounds}.",
    ),
    "model.gate.missed": (
        "The model misses the gate its portfolio declares, and is not approved: {bounds}.",
        "Le modèle ne satisfait pas les exigences fixées par son portefeuille et n’est pas approuvé : {bounds}.",
        "O modelo não atende aos critérios declarados em sua carteira e não está aprovado: {bounds}.",
    ),
    "model.gate.none": (
        "The portfolio declares no gate: nothing was required of the model.",
        "Le portefeuille ne fixe aucune exigence : rien n’a été exigé du modèle.",
        "A carteira não declara critérios: nada foi exigido do modelo.",
    ),
    "model.gate.min": (
        "{metric} {value}, at least {bound} required",
        "{metric} {value}, au moins {bound} exigé",
        "{metric} {value}, mínimo exigido {bound}",
    ),
    "model.gate.max": (
        "{metric} {value}, at most {bound} required",
        "{metric} {value}, au plus {bound} exigé",
        "{metric} {value}, máximo exigido {bound}",
    ),
    "model.gate.both": (
        "{metric} {value}, between {low} and {high} required",
        "{metric} {value}, entre {low} et {high} exigé",
        "{metric} {value}, entre {low} e {high} exigido",
    ),
    "model.gate.join": ("; ", " ; ", "; "),
    # comparison
    "model.comparison": ("Candidates compared", "Candidats comparés", "Candidatos comparados"),
    "model.comparison.lead": (
        (
            "All candidates met the same folds. A figure is the mean over {folds} folds, below it its 95% interval: "
            "a bootstrap within folds, the same draws for all."
        ),
        (
            "Tous les candidats ont eu les mêmes plis. Un chiffre est la moyenne sur {folds} plis, en dessous son "
            "intervalle à 95 % : un bootstrap à l’intérieur des plis, avec les mêmes tirages pour tous."
        ),
        (
            "Todos os candidatos tiveram as mesmas dobras. Um número é a média de {folds} dobras, abaixo dela o "
            "intervalo de 95%: um bootstrap dentro das dobras, com os mesmos sorteios para todos."
        ),
    ),
    "model.comparison.candidate": ("Candidate", "Candidat", "Candidato"),
    "model.comparison.ships": ("May ship", "Livrable", "Pode ser usado"),
    "model.comparison.champion": ("champion", "retenu", "escolhido"),
    "model.comparison.auc.note": (
        (
            "The chance that a bad is ranked as riskier than a good: 0.5 is guessing, 1 is perfect. Where two "
            "intervals overlap, look at the paired difference, which is sharper."
        ),
        (
            "La probabilité qu’un mauvais soit jugé plus risqué qu’un bon : 0,5 relève du hasard, 1 est parfait. Si "
            "deux intervalles se chevauchent, regardez l’écart apparié, plus précis."
        ),
        (
            "A chance de um mau ser considerado mais arriscado que um bom: 0,5 é acaso, 1 é perfeito. Onde dois "
            "intervalos se sobrepõem, olhe a diferença pareada, mais precisa."
        ),
    ),
    "model.comparison.average_precision.note": (
        (
            "How pure the riskiest are: the bad rate among them, averaged over the bads found. Guessing gives the bad "
            "rate of all."
        ),
        (
            "La pureté des plus risqués : le taux de défaut parmi eux, en moyenne sur les mauvais trouvés. Le hasard "
            "donne le taux de défaut d’ensemble."
        ),
        (
            "A pureza dos mais arriscados: a taxa de maus entre eles, na média dos maus encontrados. O acaso dá a "
            "taxa de maus geral."
        ),
    ),
    "model.comparison.brier.note": (
        "The mean squared distance between the risk told and what happened: less is better.",
        "L’écart quadratique moyen entre le risque annoncé et ce qui s’est produit : moins vaut mieux.",
        "A distância quadrática média entre o risco previsto e o ocorrido: menos é melhor.",
    ),
    "model.choice.better": (
        (
            "The champion is better than the runner-up, {runner_up}, by {difference} in {aim} (95% interval of the "
            "paired difference {low} to {high})."
        ),
        (
            "Le modèle retenu dépasse le deuxième, {runner_up}, de {difference} en {aim} (intervalle à 95 % de "
            "l’écart apparié : {low} à {high})."
        ),
        (
            "O modelo escolhido supera o segundo, {runner_up}, em {difference} de {aim} (intervalo de 95% da "
            "diferença pareada: {low} a {high})."
        ),
    ),
    "model.choice.alike": (
        (
            "The champion and the runner-up, {runner_up}, don’t differ beyond chance: {difference} in {aim} (95% "
            "interval of the paired difference {low} to {high})."
        ),
        (
            "Le modèle retenu et le deuxième, {runner_up}, ne diffèrent pas au-delà du hasard : {difference} en "
            "{aim} (intervalle à 95 % de l’écart apparié : {low} à {high})."
        ),
        (
            "O modelo escolhido e o segundo, {runner_up}, não diferem além do acaso: {difference} de {aim} "
            "(intervalo de 95% da diferença pareada: {low} a {high})."
        ),
    ),
    "model.choice.alone": (
        "No other candidate may ship, so there is no runner-up.",
        "Aucun autre candidat n’est livrable : il n’y a pas de deuxième.",
        "Nenhum outro candidato pode ser usado, portanto não há segundo.",
    ),
    "model.choice.honest": (
        (
            "Chosen again in each fold without looking at that fold, {aim} is {value}: what is left once the luck of "
            "choosing is taken out."
        ),
        (
            "Choisi à nouveau dans chaque pli sans regarder ce pli, on obtient {aim} = {value} : ce qui reste une "
            "fois ôtée la chance du choix."
        ),
        "Escolhido de novo em cada dobra sem olhar essa dobra, {aim} é {value}: o que resta sem a sorte da escolha.",
    ),
    # ranking
    "model.ranking": ("How well it ranks", "La qualité du classement", "Como ele ordena"),
    "model.ranking.lead": (
        (
            "Curves over all rows at once (pooled). The reported AUC is the mean over folds, {mean}; pooled it is "
            "{pooled}, which also compares rows of different folds."
        ),
        (
            "Courbes sur toutes les lignes à la fois (regroupées). L’AUC publiée est la moyenne des plis, {mean} ; "
            "regroupée, elle vaut {pooled}, car elle compare aussi des lignes de plis différents."
        ),
        (
            "Curvas com todas as linhas de uma vez (agrupadas). A AUC informada é a média das dobras, {mean}; "
            "agrupada é {pooled}, pois também compara linhas de dobras diferentes."
        ),
    ),
    "model.roc": ("ROC curve", "Courbe ROC", "Curva ROC"),
    "model.roc.x": ("goods declined", "bons refusés", "bons recusados"),
    "model.roc.y": ("bads declined", "mauvais refusés", "maus recusados"),
    "model.roc.note": (
        (
            "At each possible limit: how many bads it catches, for how many goods it turns away. The further above "
            "the dashed line of guessing, the better. The band is the spread of the folds. At the cut-off {bads} of "
            "bads and {goods} of goods are declined."
        ),
        (
            "Pour chaque seuil possible : combien de mauvais il arrête, pour combien de bons écartés. Plus la courbe "
            "est au-dessus de la ligne en pointillé du hasard, mieux c’est. La bande montre l’écart entre les plis. "
            "Au seuil retenu, {bads} des mauvais et {goods} des bons sont refusés."
        ),
        (
            "Para cada limite possível: quantos maus ele pega, ao custo de quantos bons recusados. Quanto mais acima "
            "da linha tracejada do acaso, melhor. A faixa mostra a variação entre dobras. No limite usado, {bads} dos "
            "maus e {goods} dos bons são recusados."
        ),
    ),
    "model.at_cut_off": ("cut-off {value}", "seuil {value}", "limite {value}"),
    "model.pr": ("Precision and recall", "Précision et rappel", "Precisão e sensibilidade"),
    "model.pr.x": ("bads found (recall)", "mauvais trouvés (rappel)", "maus encontrados (sensibilidade)"),
    "model.pr.y": ("bads among the declined", "mauvais parmi les refusés", "maus entre os recusados"),
    "model.pr.note": (
        (
            "Going right, more bads are found; going up, fewer goods are declined with them. Guessing would stay on "
            "the dashed line, the bad rate. Average precision, the area below, is {value} as the mean over folds."
        ),
        (
            "Vers la droite, davantage de mauvais sont trouvés ; vers le haut, moins de bons sont refusés avec eux. "
            "Le hasard resterait sur la ligne en pointillé, le taux de défaut. La précision moyenne, l’aire sous la "
            "courbe, vaut {value} en moyenne sur les plis."
        ),
        (
            "Para a direita, mais maus são encontrados; para cima, menos bons são recusados com eles. O acaso ficaria "
            "na linha tracejada, a taxa de maus. A precisão média, a área abaixo, é {value} na média das dobras."
        ),
    ),
    "model.pr.guess": ("guessing", "hasard", "acaso"),
    "model.ks": ("KS curve", "Courbe KS", "Curva KS"),
    "model.ks.x": ("score, in points", "score, en points", "pontuação, em pontos"),
    "model.ks.y": (
        "share with at most this score",
        "part ayant au plus ce score",
        "parte com no máximo esta pontuação",
    ),
    "model.ks.at": ("KS {value}", "KS {value}", "KS {value}"),
    "model.ks.note": (
        (
            "How goods and bads pile up from the lowest score. KS is the widest gap between the two: at {score} "
            "points, {bads} of bads and {goods} of goods lie at or below. Pooled it is {value}; as the mean over "
            "folds, {mean}."
        ),
        (
            "Comment bons et mauvais s’accumulent à partir du score le plus bas. KS est l’écart maximal : à {score} "
            "points, {bads} des mauvais et {goods} des bons sont à ce niveau ou en dessous. Regroupé, il vaut "
            "{value} ; en moyenne sur les plis, {mean}."
        ),
        (
            "Como bons e maus se acumulam a partir da menor pontuação. KS é a maior distância entre os dois: em "
            "{score} pontos, {bads} dos maus e {goods} dos bons estão nesse nível ou abaixo. Agrupado é {value}; na "
            "média das dobras, {mean}."
        ),
    ),
    "model.scores": ("Scores of goods and bads", "Scores des bons et des mauvais", "Pontuações de bons e maus"),
    "model.scores.y": ("applications", "demandes", "pedidos"),
    "model.scores.note": (
        (
            "Points of the calibrated risk; higher is safer. The less the two overlap, the better. Left of the line, "
            "{score} points, lies what the cut-off declines. The outer bars hold everything beyond."
        ),
        (
            "Points du risque calibré ; plus haut, plus sûr. Moins les deux se recouvrent, mieux c’est. À gauche du "
            "trait, {score} points, se trouve ce que le seuil refuse. Les barres extrêmes contiennent tout ce qui est "
            "au-delà."
        ),
        (
            "Pontos do risco calibrado; quanto maior, mais seguro. Quanto menos os dois se sobrepõem, melhor. À "
            "esquerda da linha, {score} pontos, fica o que o limite recusa. As barras das pontas contêm tudo o que "
            "está além."
        ),
    ),
    # calibration
    "model.calibration": (
        "Are the probabilities true?",
        "Les probabilités sont-elles justes ?",
        "As probabilidades são verdadeiras?",
    ),
    "model.calibration.lead": (
        (
            "A risk of 10% should mean that ten in a hundred go bad. Applications are sorted by the risk told and "
            "cut into 15 slices of equal size; each dot compares what was told with what happened."
        ),
        (
            "Un risque de 10 % devrait signifier que dix sur cent deviennent mauvais. Les demandes sont triées par "
            "risque annoncé et coupées en 15 tranches égales ; chaque point compare l’annoncé à l’observé."
        ),
        (
            "Um risco de 10% deve significar que dez em cem se tornam maus. Os pedidos são ordenados pelo risco "
            "previsto e divididos em 15 fatias iguais; cada ponto compara o previsto com o ocorrido."
        ),
    ),
    "model.calibration.before": ("Before calibration", "Avant calibration", "Antes da calibração"),
    "model.calibration.after": ("After calibration", "Après calibration", "Depois da calibração"),
    "model.calibration.x": ("risk told", "risque annoncé", "risco previsto"),
    "model.calibration.y": ("share that went bad", "part devenue mauvaise", "parte que se tornou má"),
    "model.calibration.before.note": (
        (
            "The model’s own prediction. On the dashed line it would be exact. Slope {slope}, ECE {ece}, Brier "
            "{brier} (means over folds)."
        ),
        (
            "La prédiction brute du modèle. Sur la ligne en pointillé, elle serait exacte. Pente {slope}, ECE {ece}, "
            "Brier {brier} (moyennes des plis)."
        ),
        (
            "A previsão do próprio modelo. Na linha tracejada seria exata. Inclinação {slope}, ECE {ece}, Brier "
            "{brier} (médias das dobras)."
        ),
    ),
    "model.calibration.after.note": (
        (
            "What decides. Each fold is calibrated on the others; whiskers are Wilson’s 95% interval. Slope {slope} "
            "(1 is best; under 1 the risks are too extreme, over 1 too timid), ECE {ece}, Brier {brier}."
        ),
        (
            "Ce qui décide. Chaque pli est calibré sur les autres ; les traits sont l’intervalle de Wilson à 95 %. "
            "Pente {slope} (1 est idéal ; en dessous, les risques sont trop extrêmes, au-dessus trop timides), ECE "
            "{ece}, Brier {brier}."
        ),
        (
            "O que decide. Cada dobra é calibrada nas outras; as hastes são o intervalo de Wilson de 95%. Inclinação "
            "{slope} (1 é o ideal; abaixo, os riscos são extremos demais; acima, tímidos demais), ECE {ece}, Brier "
            "{brier}."
        ),
    ),
    "model.calibration.near": (
        "After calibration, where it decides",
        "Après calibration, là où elle décide",
        "Depois da calibração, onde se decide",
    ),
    "model.calibration.near.note": (
        (
            "The same slices up to three times the cut-off. A dot below the dashed line: the risk told was too high; "
            "above it, too low."
        ),
        (
            "Les mêmes tranches, jusqu’à trois fois le seuil. Un point sous la ligne en pointillé : le risque annoncé "
            "était trop élevé ; au-dessus, trop faible."
        ),
        (
            "As mesmas fatias, até três vezes o limite. Um ponto abaixo da linha tracejada: o risco previsto era alto "
            "demais; acima, baixo demais."
        ),
    ),
    "model.calibration.table": (
        "The slices after calibration",
        "Les tranches après calibration",
        "As fatias depois da calibração",
    ),
    "model.slice.rows": ("Applications", "Demandes", "Pedidos"),
    "model.slice.bads": ("Bads", "Mauvais", "Maus"),
    "model.slice.told": ("Risk told", "Risque annoncé", "Risco previsto"),
    "model.slice.range": ("Range of risk", "Plage de risque", "Faixa de risco"),
    "model.slice.observed": (
        "Bad rate (95% interval)",
        "Taux de défaut (intervalle à 95 %)",
        "Taxa de maus (intervalo de 95%)",
    ),
    # gains
    "model.gains": ("Gains and lift", "Gains et lift", "Ganhos e lift"),
    "model.gains.lead": (
        (
            "Applications from the riskiest down, in ten parts of equal size. If ten in a hundred were declined, the "
            "first part is who they would be."
        ),
        (
            "Les demandes de la plus risquée à la moins risquée, en dix parts égales. Si dix sur cent étaient "
            "refusées, ce serait la première part."
        ),
        (
            "Os pedidos do mais arriscado ao menos arriscado, em dez partes iguais. Se dez em cem fossem recusados, "
            "seriam os da primeira parte."
        ),
    ),
    "model.gains.curve": ("Bads caught", "Mauvais arrêtés", "Maus capturados"),
    "model.gains.x": ("riskiest applications", "demandes les plus risquées", "pedidos mais arriscados"),
    "model.gains.y": ("share of all bads", "part de tous les mauvais", "parte de todos os maus"),
    "model.gains.curve.note": (
        (
            "The riskiest tenth holds {first} of all bads, the riskiest three tenths {third}. Guessing would follow "
            "the dashed line."
        ),
        (
            "Le dixième le plus risqué contient {first} des mauvais, les trois dixièmes les plus risqués {third}. Le "
            "hasard suivrait la ligne en pointillé."
        ),
        (
            "O décimo mais arriscado contém {first} dos maus; os três décimos mais arriscados, {third}. O acaso "
            "seguiria a linha tracejada."
        ),
    ),
    "model.gains.rates": ("Bad rate by tenth", "Taux de défaut par dixième", "Taxa de maus por décimo"),
    "model.gains.rates.x": ("tenth, from the riskiest", "dixième, du plus risqué", "décimo, do mais arriscado"),
    "model.gains.rates.note": (
        (
            "Should fall from left to right without a step up. The line is the bad rate of all, {all}; the first "
            "tenth’s is {lift} times that (its lift)."
        ),
        (
            "Devrait baisser de gauche à droite sans remontée. La ligne est le taux de défaut d’ensemble, {all} ; "
            "celui du premier dixième est {lift} fois plus élevé (son lift)."
        ),
        (
            "Deve cair da esquerda para a direita sem subir. A linha é a taxa de maus geral, {all}; a do primeiro "
            "décimo é {lift} vezes maior (seu lift)."
        ),
    ),
    "model.gains.decile": ("Tenth", "Dixième", "Décimo"),
    "model.gains.lift": ("Lift", "Lift", "Lift"),
    "model.gains.so_far": ("Bads so far", "Mauvais cumulés", "Maus acumulados"),
    "model.gains.lift.curve": ("Lift", "Lift", "Lift"),
    "model.gains.lift.note": (
        (
            "How many times higher the bad rate is among the riskiest applications than over all, at each share of "
            "them. Guessing would stay at 1."
        ),
        (
            "De combien de fois le taux de défaut des demandes les plus risquées dépasse le taux d’ensemble, pour "
            "chaque part. Le hasard resterait à 1."
        ),
        (
            "Quantas vezes a taxa de maus dos pedidos mais arriscados supera a taxa geral, em cada parte deles. O "
            "acaso ficaria em 1."
        ),
    ),
    "model.gains.lift_so_far": ("Lift so far", "Lift cumulé", "Lift acumulado"),
    # costs
    "model.costs": ("What a cut-off costs", "Ce que coûte un seuil", "Quanto custa um limite"),
    "model.costs.lead": (
        "An approved application that goes bad costs what is lost, a declined good one what isn’t earned. {rule}",
        (
            "Une demande accordée qui devient mauvaise coûte la perte, une bonne demande refusée coûte le gain "
            "manqué. {rule} Cette limite est le seuil."
        ),
        "Um pedido aprovado que se torna mau custa o que se perde; um bom recusado, o que não se ganha. {rule}",
    ),
    "model.costs.curve": ("Mean cost of an application", "Coût moyen d’une demande", "Custo médio de um pedido"),
    "model.costs.x": ("cut-off (risk)", "seuil (risque)", "limite (risco)"),
    "model.costs.money": ("{currency} per application", "{currency} par demande", "{currency} por pedido"),
    "model.costs.units": ("units per application", "unités par demande", "unidades por pedido"),
    "model.costs.unit": ("{value} units", "{value} unités", "{value} unidades"),
    "model.costs.formula": ("from costs {value}", "selon les coûts {value}", "pelos custos {value}"),
    "model.costs.empirical": ("cheapest {value}", "le moins cher {value}", "o mais barato {value}"),
    "model.costs.note": (
        (
            "The band is a 95% bootstrap within folds. The cut-off that follows from the costs costs {formula} an "
            "application. The cheapest, found on the other folds (mean {empirical_cut_off}), cost {empirical} on the "
            "folds it was not found on. Approving everybody would cost {everybody}, declining everybody {nobody}."
        ),
        (
            "La bande est un bootstrap à 95 % à l’intérieur des plis. Le seuil qui découle des coûts coûte {formula} "
            "par demande. Le moins cher, trouvé sur les autres plis (moyenne {empirical_cut_off}), a coûté "
            "{empirical} sur les plis où il n’a pas été cherché. Tout accorder coûterait {everybody}, tout refuser "
            "{nobody}."
        ),
        (
            "A faixa é um bootstrap de 95% dentro das dobras. O limite que decorre dos custos custa {formula} por "
            "pedido. O mais barato, encontrado nas outras dobras (média {empirical_cut_off}), custou {empirical} nas "
            "dobras em que não foi procurado. Aprovar todos custaria {everybody}; recusar todos, {nobody}."
        ),
    ),
    "model.costs.known": (
        "{rows} of {of} applications have a known cost; the others are left out here.",
        "{rows} demandes sur {of} ont un coût connu ; les autres sont ici laissées de côté.",
        "{rows} de {of} pedidos têm custo conhecido; os demais ficam de fora aqui.",
    ),
    "model.costs.pd_only": (
        "By the risk alone: rules, and referrals to a person, are left aside.",
        "Selon le seul risque : les règles et les renvois à un conseiller sont laissés de côté.",
        "Somente pelo risco: regras e encaminhamentos a um analista ficam de lado.",
    ),
    "model.approval": ("Approval rate", "Taux d’accord", "Taxa de aprovação"),
    "model.approval.y": ("share approved", "part accordée", "parte aprovada"),
    "model.approval.note": (
        "A stricter cut-off, to the left, approves fewer. At the cut-off {approved} are approved.",
        "Un seuil plus strict, à gauche, accorde moins. Au seuil retenu, {approved} des demandes sont accordées.",
        "Um limite mais rígido, à esquerda, aprova menos. No limite usado, {approved} são aprovados.",
    ),
    "model.approval.bad": (
        "Bad rate of the approved",
        "Taux de défaut des demandes accordées",
        "Taxa de maus entre os aprovados",
    ),
    "model.approval.bad.note": (
        (
            "What is left among those approved at each cut-off; the band is Wilson’s 95% interval. At the cut-off "
            "{bad_rate} of them go bad."
        ),
        (
            "Ce qui reste parmi les demandes accordées à chaque seuil ; la bande est l’intervalle de Wilson à 95 %. "
            "Au seuil retenu, {bad_rate} d’entre elles deviennent mauvaises."
        ),
        (
            "O que resta entre os aprovados em cada limite; a faixa é o intervalo de Wilson de 95%. No limite usado, "
            "{bad_rate} deles se tornam maus."
        ),
    ),
    # importance
    "model.importance": ("What each input is worth", "Ce que vaut chaque donnée", "Quanto vale cada dado"),
    "model.importance.lead": (
        (
            "On rows outside the fit, one input’s values are dealt out at random among applications: how much AUC "
            "does the model lose? {repeats} times in each fold, on {rows} of its rows each time."
        ),
        (
            "Sur des lignes hors de l’ajustement, les valeurs d’une donnée sont redistribuées au hasard entre les "
            "demandes : combien d’AUC le modèle perd-il ? {repeats} fois par pli, chaque fois sur {rows} de ses "
            "lignes."
        ),
        (
            "Em linhas fora do ajuste, os valores de um dado são redistribuídos ao acaso entre os pedidos: quanta "
            "AUC o modelo perde? {repeats} vezes em cada dobra, cada vez em {rows} de suas linhas."
        ),
    ),
    "model.importance.features": ("Input by input", "Donnée par donnée", "Dado por dado"),
    "model.importance.groups": ("Groups of inputs together", "Groupes de données ensemble", "Grupos de dados juntos"),
    "model.importance.x": ("AUC lost", "AUC perdue", "AUC perdida"),
    "model.importance.note": (
        (
            "The dot is the mean over folds, the line its 95% interval. A line across zero: no effect that can be "
            "told from chance. Inputs that say the same stand in for each other, so each looks smaller than both "
            "together."
        ),
        (
            "Le point est la moyenne des plis, le trait son intervalle à 95 %. Un trait qui traverse zéro : aucun "
            "effet que l’on puisse distinguer du hasard. Des données qui disent la même chose se remplacent : chacune "
            "paraît moindre que les deux ensemble."
        ),
        (
            "O ponto é a média das dobras; o traço, seu intervalo de 95%. Um traço que cruza o zero: nenhum efeito "
            "que se possa distinguir do acaso. Dados que dizem o mesmo se substituem: cada um parece menor que os "
            "dois juntos."
        ),
    ),
    "model.importance.groups.note": (
        "Inputs the portfolio puts in one group, shuffled at once: what the group knows that nothing else does.",
        "Les données que le portefeuille met dans un groupe, mélangées ensemble : ce que seul le groupe sait.",
        "Dados que a carteira reúne em um grupo, embaralhados juntos: o que só o grupo sabe.",
    ),
    # contributions
    "model.contributions": (
        "Which way inputs move the risk",
        "Dans quel sens les données font varier le risque",
        "Como cada dado move o risco",
    ),
    "model.contributions.lead": (
        (
            "A contribution is how far an input moves one application’s log-odds away from a typical approved loan "
            "that was repaid; +0.69 doubles the odds of default. Over {rows} rows drawn outside the fit."
        ),
        (
            "Une contribution mesure de combien une donnée éloigne les log-cotes d’une demande de celles d’un prêt "
            "typique accordé et remboursé ; +0,69 double la cote de défaut. Sur {rows} lignes tirées hors de "
            "l’ajustement."
        ),
        (
            "Uma contribuição é o quanto um dado afasta as log-chances de um pedido das de um empréstimo típico "
            "aprovado e pago; +0,69 dobra a chance de inadimplência. Sobre {rows} linhas sorteadas fora do ajuste."
        ),
    ),
    "model.contributions.size": (
        "Mean size of the contribution",
        "Taille moyenne de la contribution",
        "Tamanho médio da contribuição",
    ),
    "model.contributions.size.note": (
        "By input, up or down alike: what moves decisions most.",
        "Par donnée, dans un sens ou dans l’autre : ce qui fait le plus varier les décisions.",
        "Por dado, para cima ou para baixo: o que mais move as decisões.",
    ),
    "model.contributions.groups": ("By group", "Par groupe", "Por grupo"),
    "model.contributions.groups.note": (
        (
            "Contributions of a group’s inputs are added before their size is taken: where they cancel, the group is "
            "smaller than its parts."
        ),
        (
            "Les contributions d’un groupe sont additionnées avant d’en prendre la taille : si elles se compensent, "
            "le groupe est moindre que ses parties."
        ),
        (
            "As contribuições de um grupo são somadas antes de se tomar o tamanho: onde se anulam, o grupo é menor "
            "que suas partes."
        ),
    ),
    "model.contributions.y": ("log-odds", "log-cotes", "log-chances"),
    "model.contributions.raises": (
        "Higher values raise the risk.",
        "Plus la valeur est haute, plus le risque augmente.",
        "Valores maiores aumentam o risco.",
    ),
    "model.contributions.lowers": (
        "Higher values lower the risk.",
        "Plus la valeur est haute, plus le risque diminue.",
        "Valores maiores reduzem o risco.",
    ),
    "model.contributions.mixed": (
        "No single direction: read the curve.",
        "Pas de sens unique : lisez la courbe.",
        "Sem direção única: leia a curva.",
    ),
    "model.contributions.levels": (
        "Above zero raises the risk, below lowers it.",
        "Au-dessus de zéro, le risque augmente ; en dessous, il diminue.",
        "Acima de zero aumenta o risco; abaixo, reduz.",
    ),
    "model.contributions.band": (
        "The band holds eight in ten applications.",
        "La bande contient huit demandes sur dix.",
        "A faixa contém oito em cada dez pedidos.",
    ),
    "model.contributions.missing": (
        "Not given: {value} on average.",
        "Non renseigné : {value} en moyenne.",
        "Não informado: {value} em média.",
    ),
    "model.contributions.flat": ("The model makes no use of it.", "Le modèle ne s’en sert pas.", "O modelo não o usa."),
    # lender set
    "model.lender_set": (
        "With and without the lender’s own opinion",
        "Avec et sans l’avis du prêteur",
        "Com e sem a opinião do próprio credor",
    ),
    "model.lender_set.lead": (
        (
            "{features}: set by the lender, so a model that reads them partly repeats a decision already taken. The "
            "champion {reads}; the same candidate was measured both ways."
        ),
        (
            "{features} : fixés par le prêteur ; un modèle qui les lit répète en partie une décision déjà prise. Le "
            "modèle retenu {reads} ; le même candidat a été mesuré des deux façons."
        ),
        (
            "{features}: definidos pelo credor; um modelo que os lê repete em parte uma decisão já tomada. O modelo "
            "escolhido {reads}; o mesmo candidato foi medido das duas formas."
        ),
    ),
    "model.lender_set.reads": ("reads them", "les lit", "os lê"),
    "model.lender_set.reads_not": ("does not read them", "ne les lit pas", "não os lê"),
    "model.lender_set.with": ("With", "Avec", "Com"),
    "model.lender_set.without": ("Without", "Sans", "Sem"),
    "model.lender_set.figure": ("Figure", "Mesure", "Medida"),
    "model.lender_set.difference": (
        "Better by, with (95% interval)",
        "Gain avec (intervalle à 95 %)",
        "Ganho com (intervalo de 95%)",
    ),
    "model.lender_set.note": (
        (
            "The last column is drawn in pairs; positive means better with the lender’s opinion, also for figures "
            "where less is better."
        ),
        (
            "La dernière colonne est tirée par paires ; positif signifie meilleur avec l’avis du prêteur, y compris "
            "pour les mesures où moins vaut mieux."
        ),
        (
            "A última coluna é sorteada em pares; positivo significa melhor com a opinião do credor, também nas "
            "medidas em que menos é melhor."
        ),
    ),
    "model.lender_set.roc": ("ROC curve, both ways", "Courbe ROC, des deux façons", "Curva ROC, das duas formas"),
    "model.lender_set.gains": (
        "Bads caught, both ways",
        "Mauvais arrêtés, des deux façons",
        "Maus capturados, das duas formas",
    ),
    "model.lender_set.costs": ("Cost, both ways", "Coût, des deux façons", "Custo, das duas formas"),
    "model.lender_set.costs.note": (
        "Mean cost of an application at each cut-off; the line marks the one in use.",
        "Coût moyen d’une demande pour chaque seuil ; le trait marque celui en vigueur.",
        "Custo médio de um pedido em cada limite; a linha marca o que está em uso.",
    ),
    # selection
    "model.selection": (
        "Which features it reads, and why not the others",
        "Quelles variables il lit, et pourquoi pas les autres",
        "Quais variáveis ele lê, e por que não as outras",
    ),
    "model.selection.lead": (
        (
            "{considered} features were considered, and {kept} are read. The choice was made anew in each fold, on the "
            "rows its model was fitted on; two folds agree on {alike} of the features either chose."
        ),
        (
            "{considered} variables ont été examinées, et {kept} sont lues. Le choix a été refait dans chaque pli, sur "
            "les lignes de son ajustement ; deux plis s’accordent sur {alike} des variables que l’un ou l’autre a "
            "choisies."
        ),
        (
            "{considered} variáveis foram examinadas, e {kept} são lidas. A escolha foi refeita em cada dobra, nas "
            "linhas do seu ajuste; duas dobras concordam em {alike} das variáveis que uma ou outra escolheu."
        ),
    ),
    "model.selection.all": (
        "All of them are read: each says something of its own.",
        "Toutes sont lues : chacune apporte quelque chose.",
        "Todas são lidas: cada uma diz algo próprio.",
    ),
    "model.selection.constant": ("Constant", "Constantes", "Constantes"),
    "model.selection.duplicate": ("Duplicates", "Doublons", "Duplicadas"),
    "model.selection.nulls": ("Hardly ever given", "Presque jamais renseignées", "Quase nunca informadas"),
    "model.selection.correlation": ("Say the same", "Disent la même chose", "Dizem o mesmo"),
    "model.selection.importance": ("No better than chance", "Pas mieux que le hasard", "Não melhores que o acaso"),
    "model.selection.most": ("Beyond the limit", "Au-delà de la limite", "Além do limite"),
    "model.selection.dropped": (
        "Every feature left out, with its reason",
        "Chaque variable écartée, avec sa raison",
        "Cada variável deixada de fora, com o motivo",
    ),
    "model.selection.feature": ("Feature", "Variable", "Variável"),
    "model.selection.why": ("Why it is not read", "Pourquoi elle n’est pas lue", "Por que não é lida"),
    "model.selection.folds": ("Kept in folds", "Gardée dans les plis", "Mantida nas dobras"),
    "model.selection.folds.value": ("{folds} of {of}", "{folds} sur {of}", "{folds} de {of}"),
    "model.selection.constant.empty": (
        "no row has a value",
        "aucune ligne n’a de valeur",
        "nenhuma linha tem valor",
    ),
    "model.selection.constant.same": (
        "every row has the same value",
        "toutes les lignes ont la même valeur",
        "todas as linhas têm o mesmo valor",
    ),
    "model.selection.duplicate.why": (
        "equal in every row to: {of}",
        "égale à chaque ligne à : {of}",
        "igual em cada linha a: {of}",
    ),
    "model.selection.nulls.why": (
        "missing in {share} of rows",
        "manquante dans {share} des lignes",
        "ausente em {share} das linhas",
    ),
    "model.selection.correlation.why": (
        "ranks applications as another does, Spearman {figure}: {of}",
        "classe les demandes comme une autre, Spearman {figure} : {of}",
        "ordena os pedidos como outra, Spearman {figure}: {of}",
    ),
    "model.selection.importance.why": (
        "adds {share} of what the best of five random columns adds",
        "apporte {share} de ce qu’apporte la meilleure de cinq colonnes aléatoires",
        "acrescenta {share} do que acrescenta a melhor de cinco colunas aleatórias",
    ),
    "model.selection.most.why": (
        "rank {rank} by gain, averaged over fits; the {most} best are read",
        "rang {rank} par gain, en moyenne sur les ajustements ; les {most} meilleures sont lues",
        "posição {rank} por ganho, em média nos ajustes; as {most} melhores são lidas",
    ),
    # development
    "model.development": ("What it was developed on", "Sur quoi il a été développé", "Com que foi desenvolvido"),
    "model.development.lead": (
        (
            "The rows as they were when the model was trained. The fingerprint tells whether tables at hand are the "
            "same: training on them again gives the same one."
        ),
        (
            "Les lignes telles qu’elles étaient lors de l’entraînement. L’empreinte dit si des tables sont les mêmes "
            ": un nouvel entraînement sur elles donne la même."
        ),
        (
            "As linhas como eram quando o modelo foi treinado. A impressão digital diz se as tabelas são as mesmas: "
            "treinar de novo com elas dá a mesma."
        ),
    ),
    "model.development.flow": (
        "From rows read to rows learned from",
        "Des lignes lues aux lignes apprises",
        "Das linhas lidas às aprendidas",
    ),
    "model.development.read": ("read", "lues", "lidos"),
    "model.development.kept": ("kept", "gardées", "mantidos"),
    "model.development.labelled": ("with an outcome", "avec un résultat", "com resultado"),
    "model.development.unlabelled": ("outcome not known", "résultat inconnu", "resultado desconhecido"),
    "model.development.flow.note": (
        "Each bar is as long as its count of applications; what left on the way is named.",
        "Chaque barre est aussi longue que son nombre de demandes ; ce qui est parti en route est nommé.",
        "Cada barra tem o comprimento do seu número de pedidos; o que saiu no caminho é nomeado.",
    ),
    "model.development.folds": ("The folds", "Les plis", "As dobras"),
    "model.development.fold": ("Fold", "Pli", "Dobra"),
    "model.development.fact": ("What", "Quoi", "O quê"),
    "model.development.value": ("Value", "Valeur", "Valor"),
    "model.development.facts": ("Facts", "Faits", "Fatos"),
    "model.development.tables": ("Tables read", "Tables lues", "Tabelas lidas"),
    "model.development.rows": ("{table}: {rows} rows", "{table} : {rows} lignes", "{table}: {rows} linhas"),
    "model.development.target": ("Bad means", "Mauvais signifie", "Mau significa"),
    "model.development.seed": ("Seed", "Graine", "Semente"),
    "model.development.calibrator": ("Calibrator", "Calibrateur", "Calibrador"),
    "model.development.costs": ("Costs declared", "Coûts déclarés", "Custos declarados"),
    "model.development.costs.money": (
        "exposure: {exposure}; lost on a default {lgd}; earned on a good {margin}",
        "exposition : {exposure} ; perdu en cas de défaut {lgd} ; gagné sur un bon {margin}",
        "exposição: {exposure}; perdido na inadimplência {lgd}; ganho em um bom {margin}",
    ),
    "model.development.costs.matrix": (
        "a bad approved {bad_approved}, a good declined {good_declined}",
        "un mauvais accordé {bad_approved}, un bon refusé {good_declined}",
        "um mau aprovado {bad_approved}, um bom recusado {good_declined}",
    ),
    "model.development.inputs": ("Inputs", "Données lues", "Dados lidos"),
    "model.development.protected": ("Protected, never read", "Protégées, jamais lues", "Protegidos, nunca lidos"),
    "model.development.trained": ("Trained", "Entraîné", "Treinado"),
    "model.development.trained.value": (
        "{date}, fiador {version}",
        "{date}, fiador {version}",
        "{date}, fiador {version}",
    ),
    "model.development.fingerprint": (
        "Fingerprint of the rows",
        "Empreinte des lignes",
        "Impressão digital das linhas",
    ),
    "model.development.bundle": ("Bundle", "Bundle", "Bundle"),
    # protocol
    "model.protocol": (
        "How each figure was obtained",
        "Comment chaque chiffre a été obtenu",
        "Como cada número foi obtido",
    ),
    "model.protocol.lead": (
        (
            "For a validator. Everything shown is in metrics.json and evaluation.json of the bundle {id}; opening it "
            "checks the digest of every file."
        ),
        (
            "Pour un validateur. Tout ce qui est montré se trouve dans metrics.json et evaluation.json du bundle {id} "
            "; l’ouvrir vérifie l’empreinte de chaque fichier."
        ),
        (
            "Para um validador. Tudo o que se mostra está em metrics.json e evaluation.json do bundle {id}; abri-lo "
            "verifica o resumo criptográfico de cada arquivo."
        ),
    ),
    "model.protocol.folds": (
        (
            "Folds: {folds}, drawn once with seed {seed}, the same share of bads in each. Rows alike in all but keys, "
            "and one person’s applications, lie in one fold. Imputation, levels and every model are fitted inside the "
            "other folds."
        ),
        (
            "Plis : {folds}, tirés une fois avec la graine {seed}, avec la même part de mauvais dans chacun. Les "
            "lignes identiques hors clés, et les demandes d’une même personne, sont dans un seul pli. Imputation, "
            "modalités et modèles sont ajustés dans les autres plis."
        ),
        (
            "Dobras: {folds}, sorteadas uma vez com a semente {seed}, com a mesma parte de maus em cada uma. Linhas "
            "iguais exceto nas chaves, e os pedidos de uma pessoa, ficam em uma só dobra. Imputação, categorias e "
            "modelos são ajustados nas outras dobras."
        ),
    ),
    "model.protocol.calibration": (
        (
            "Calibration: each fold’s risks come from the calibrator fitted on the out-of-fold predictions of the "
            "others. The calibrator that ships is fitted on all of them, and nothing is reported on it."
        ),
        (
            "Calibration : les risques de chaque pli viennent du calibrateur ajusté sur les prédictions hors pli des "
            "autres. Le calibrateur livré est ajusté sur toutes, et rien n’est publié à son sujet."
        ),
        (
            "Calibração: os riscos de cada dobra vêm do calibrador ajustado nas previsões fora da dobra das outras. "
            "O calibrador usado é ajustado em todas, e nada é informado sobre ele."
        ),
    ),
    "model.protocol.means": (
        (
            "AUC, Gini, KS and average precision: of the model’s own prediction; the other figures of the calibrated "
            "risk; all as means over folds. Intervals: 200 bootstrap draws of rows within each fold; folds and "
            "models stay as they are."
        ),
        (
            "AUC, Gini, KS et précision moyenne : de la prédiction brute ; les autres mesures, du risque calibré ; "
            "toutes en moyenne sur les plis. Intervalles : 200 tirages bootstrap de lignes dans chaque pli ; plis et "
            "modèles restent inchangés."
        ),
        (
            "AUC, Gini, KS e precisão média: da previsão do próprio modelo; as demais medidas, do risco calibrado; "
            "todas como médias das dobras. Intervalos: 200 sorteios bootstrap de linhas em cada dobra; dobras e "
            "modelos ficam como estão."
        ),
    ),
    "model.protocol.pooled": (
        (
            "Curves, score distribution, reliability, gains and costs: pooled, that is over all rows at once, each "
            "with its calibrated out-of-fold risk. Curves are drawn through at most 200 of their own points; none is "
            "moved."
        ),
        (
            "Courbes, scores, fiabilité, gains et coûts : regroupés, c’est-à-dire sur toutes les lignes à la fois, "
            "chacune avec son risque calibré hors pli. Les courbes passent par 200 de leurs propres points au plus ; "
            "aucun n’est déplacé."
        ),
        (
            "Curvas, pontuações, confiabilidade, ganhos e custos: agrupados, isto é, com todas as linhas de uma vez, "
            "cada uma com seu risco calibrado fora da dobra. As curvas passam por no máximo 200 de seus próprios "
            "pontos; nenhum é movido."
        ),
    ),
    "model.protocol.slices": (
        (
            "Slices and tenths: of equal size, counted from the riskiest; equal risks lie in one. Intervals of a bad "
            "rate are Wilson’s."
        ),
        (
            "Tranches et dixièmes : de taille égale, comptés depuis le plus risqué ; des risques égaux sont ensemble. "
            "Les intervalles d’un taux de défaut sont ceux de Wilson."
        ),
        (
            "Fatias e décimos: de tamanho igual, contados do mais arriscado; riscos iguais ficam juntos. Os "
            "intervalos de uma taxa de maus são os de Wilson."
        ),
    ),
    "model.protocol.costs": (
        (
            "Costs: over the {rows} applications with a known cost. The cheapest cut-off is looked for on the other "
            "folds and paid for on its own; the derived one needs no data."
        ),
        (
            "Coûts : sur les {rows} demandes au coût connu. Le seuil le moins cher est cherché sur les autres plis et "
            "payé sur le sien ; celui qui découle des coûts n’a besoin d’aucune donnée."
        ),
        (
            "Custos: sobre os {rows} pedidos de custo conhecido. O limite mais barato é procurado nas outras dobras e "
            "pago na própria; o derivado não precisa de dados."
        ),
    ),
    "model.protocol.importance": (
        (
            "Importance: AUC before minus after shuffling, by the model that left the fold out, over {draws} draws. "
            "Contributions: exact, in log-odds of the uncalibrated model, minus their mean over goods below the "
            "cut-off among the {rows} rows drawn."
        ),
        (
            "Importance : AUC avant moins après mélange, par le modèle qui a laissé le pli de côté, sur {draws} "
            "tirages. Contributions : exactes, en log-cotes du modèle non calibré, moins leur moyenne sur les bons "
            "sous le seuil parmi les {rows} lignes tirées."
        ),
        (
            "Importância: AUC antes menos depois de embaralhar, pelo modelo que deixou a dobra de fora, em {draws} "
            "sorteios. Contribuições: exatas, em log-chances do modelo não calibrado, menos a média dos bons abaixo "
            "do limite entre as {rows} linhas sorteadas."
        ),
    ),
    "model.protocol.again": (
        "The same tables, portfolio and seed give these figures again, to the byte, at any number of threads.",
        (
            "Les mêmes tables, le même portefeuille et la même graine redonnent ces chiffres, à l’octet près, quel "
            "que soit le nombre de fils d’exécution."
        ),
        (
            "As mesmas tabelas, a mesma carteira e a mesma semente dão estes números de novo, byte a byte, com "
            "qualquer número de threads."
        ),
    ),
}
