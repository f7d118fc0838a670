"""What does the name of a table or column say?

Names are all that tells a gender from a code and an identifier from a count, so they are read in English, French,
Portuguese and Spanish. A short word must be a word of the name of its own (`age`, not `page`); a long one may stand
inside another, since `datanascimento` is one word to a database.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

_LONG = 5
_IDS = {"id", "ids", "key", "pk", "fk", "sk", "code", "cod", "codigo", "nr", "no", "num", "number", "numero", "uuid"}
_SURE_IDS = {"id", "ids", "key", "uuid", "codigo", "numero"}
_NO_IDS = {"paid", "unpaid", "prepaid", "repaid", "valid", "invalid", "void", "avoid", "said", "covid", "rapid", "grid"}

TARGETS = (
    "target", "default", "seriousdlqin", "bad", "isbad", "badflag", "label", "outcome", "class", "y", "inadimplente",
    "inadimplencia", "defaut", "impaye", "moroso", "mora", "impago", "calote", "delinq", "dlq", "chargeoff",
    "charged", "creditability", "risk", "repaid", "writeoff", "npl", "gb", "goodbad",
)  # fmt: skip
MAYBE_TARGETS = ("status", "estado", "statut", "situacao", "result", "resultado", "good", "paid")
NOT_TARGETS = ("file", "history", "hist", "previous", "prev", "past", "before", "last", "prior", "anterior", "complete")
YES = ("true", "y", "yes", "sim", "s", "si", "oui", "o")
BAD_VALUES = (
    "bad", "b", "default", "defaulted", "charged off", "chargedoff", "chgoff", "late", "mau", "ruim", "malo", "mauvais",
    "inadimplente", "vencido", "unpaid", "loss", "delinquent",
)  # fmt: skip
GOOD_VALUES = ("good", "g", "paid", "fully paid", "p i f", "bom", "bueno", "bon", "current", "adimplente")
APPLICATIONS = (
    "application", "loan", "credit", "contract", "pedido", "emprestimo", "pret", "demande", "solicitud", "prestamo",
    "request", "account", "train",
)  # fmt: skip
PEOPLE = (
    "person", "customer", "client", "applicant", "borrower", "member", "cliente", "pessoa", "mutuario", "demandeur",
    "persona", "curr",
)  # fmt: skip
PROTECTED = (
    "gender", "sex", "sexo", "sexe", "genero", "genre", "race", "raca", "raza", "ethnic", "ethnicity", "etnia",
    "religion",
    "religiao", "marital", "marriage", "married", "casado", "civil", "matrimonial", "familystatus", "nationality",
    "nacionalidade", "nacionalidad", "nationalite", "foreign", "foreigner", "citizenship", "disability", "disabled",
    "handicap", "deficiencia", "pregnant",
)  # fmt: skip
MAYBE_PROTECTED = ("age", "idade", "edad", "birth", "born", "dob", "birthday", "naissance", "nascimento", "nacimiento")
LENDER_SET = (
    "grade",
    "subgrade",
    "interest",
    "intrate",
    "apr",
    "taxajuros",
    "juros",
    "tauxinteret",
    "tasainteres",
    "pd",
    "riskclass",
)
MAYBE_LENDER_SET = ("rate", "rating", "score", "limit", "limite", "plafond", "taxa", "taux", "tasa", "nota", "margin")
NOT_PROTECTED = ("car", "vehicle", "carro", "voiture", "building", "house", "account", "file")
NOT_LENDER_SET = ("installment", "instalment", "disposable", "unemployment", "exchange", "residence")
ABOUT_THE_DATA = ("split", "fold", "partition", "source", "dataset", "complete", "completeness", "imported", "etl")
NUMBERED = {
    "account",
    "conta",
    "compte",
    "cuenta",
    "iban",
    "phone",
    "telefone",
    "telephone",
    "telefono",
    "zip",
    "cep",
    "postcode",
    "postal",
    "bank",
    "branch",
    "to",
    "from",
    "de",
    "number",
    "code",
}  # names of what isn't measured
DAYS = ("day", "days", "dia", "dias", "jour", "jours")
MONTHS = ("month", "months", "mes", "meses", "mois")
DECISIONS = (
    "decision", "application", "applied", "request", "requested", "solicitacao", "pedido", "demande", "solicitud",
    "date", "data", "fecha", "issue", "issued", "opened", "origination", "start", "granted", "loan",
)  # fmt: skip
NOT_DECISIONS = (
    *MAYBE_PROTECTED, "end", "close", "closed", "last", "next", "due", "paid", "payment", "maturity", "update",
    "updated", "default", "first", "vencimento", "pagamento",
)  # fmt: skip
MONEY = (
    "amt", "amount", "amnt", "income", "salary", "balance", "price", "payment", "payments", "annuity", "debt", "valor",
    "renda", "montant", "revenu", "monto", "ingreso", "bill", "limit", "credit sum", "credit amount",
)  # fmt: skip


def tokens(name: str) -> tuple[str, ...]:
    """The words of a name: lower case, without accents, split at marks, capitals and digits.

    >>> tokens("AMT_INCOME_TOTAL"), tokens("loanAmount2"), tokens("profissão")
    (('amt', 'income', 'total'), ('loan', 'amount', '2'), ('profissao',))
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])", " ", without_accents(name))
    return tuple(re.findall(r"[a-z]+|\d+", spaced.lower()))


def without_accents(name: str) -> str:
    """A name in ASCII letters.

    >>> without_accents("profissão")
    'profissao'
    """
    return unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()


def words(name: str) -> str:
    """A name as words a reader can take in.

    >>> words("person_income"), words("AMT_CREDIT")
    ('person income', 'amt credit')
    """
    return re.sub(r"[\s_.\-]+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).strip().lower() or name


def says(name: str, lexicon: Iterable[str]) -> bool:
    """Whether a name holds one of the lexicon's words.

    >>> says("estadocivil", PROTECTED), says("page", MAYBE_PROTECTED), says("NAME_FAMILY_STATUS", PROTECTED)
    (True, False, True)
    """
    own = tokens(name)
    glued = "".join(own)
    return any(word in own or (len(word) >= _LONG and word in glued) for word in lexicon)


def is_identifier(name: str) -> bool:
    """Whether a name is an identifier's: `loan_id`, `SK_ID_CURR`, `clienteid`; not `paid`.

    >>> [is_identifier(n) for n in ("loan_id", "clienteid", "paid", "amount")]
    [True, True, False, False]
    """
    own = tokens(name)
    return bool(set(own) & _SURE_IDS) or any(_glued(word) for word in own)


def is_number_of_something(name: str) -> bool:
    """Whether every word of a name is that of a number nobody adds up: an account's, a telephone's, a postcode.

    >>> [is_number_of_something(n) for n in ("account_to", "zip_code", "account_balance")]
    [True, True, False]
    """
    return set(tokens(name)) <= NUMBERED


def stem(name: str) -> str:
    """What an identifier identifies: its name without `id`, `key` and the like, in the singular.

    >>> stem("SK_ID_CURR"), stem("clienteid"), stem("loan_id"), stem("id"), stem("loans")
    ('curr', 'cliente', 'loan', '', 'loan')
    """
    parts = [word[:-2] if _glued(word) else word for word in tokens(name) if word not in _IDS]
    return " ".join(singular(word) for word in parts)


def singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def names_table(column: str, table: str) -> bool:
    """Whether an identifier is called after a table: `loan_id` of loans, `SK_ID_PREV` of previous_application.

    >>> names_table("SK_ID_PREV", "previous_application"), names_table("person_id", "loans")
    (True, False)
    """
    own = stem(column).split()
    theirs = [singular(word) for word in tokens(table)]
    return bool(own) and any(_alike(own[0], word) or _alike(own[-1], word) for word in theirs[:1] + theirs[-1:])


def _alike(word: str, other: str) -> bool:
    short, long = sorted((word, other), key=len)
    return short == long or (len(short) > 3 and long.startswith(short))


def _glued(word: str) -> bool:
    return len(word) >= _LONG and word.endswith("id") and word not in _NO_IDS
