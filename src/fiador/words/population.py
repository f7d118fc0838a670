"""How are groups of known applications, their values and a request typed as text told?"""

from __future__ import annotations

# key: (en, fr, pt-BR), in the order of LANGUAGES
POPULATION: dict[str, tuple[str, str, str]] = {
    "group.all": ("all applications", "toutes les demandes", "todos os pedidos"),
    "group.approved": ("approved applications", "demandes accordées", "pedidos aprovados"),
    "group.referred": ("applications sent for review", "demandes à examiner", "pedidos encaminhados para análise"),
    "group.declined": ("declined applications", "demandes refusées", "pedidos recusados"),
    "group.goods": ("loans repaid", "prêts remboursés", "empréstimos pagos"),
    "group.bads": ("loans that defaulted", "prêts en défaut", "empréstimos inadimplentes"),
    "level.other": ("other", "autre", "outros"),
    "value.true": ("yes", "oui", "sim"),
    "value.false": ("no", "non", "não"),
}
