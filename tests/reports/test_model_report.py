"""Does the report say what the bundle holds, in every language, and leave out what was not measured?"""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from fiador.errors import RequestError
from fiador.metrics import METRICS
from fiador.model.calibration import CALIBRATORS
from fiador.model.candidates import CANDIDATES
from fiador.portfolio import parse_document
from fiador.reports.model_report import model_report
from fiador.version import __version__
from fiador.words import LANGUAGES, say, texts

CODES = [language.code for language in LANGUAGES]


def _plain(text: str) -> str:
    """One kind of space, and no mark that only holds a line together."""
    return " ".join(text.split()).replace("\u2060", "")


class Read(HTMLParser):
    """Its texts, the addresses within it, what it would load, and whether every tag is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.ids: set[str] = set()
        self.links: set[str] = set()
        self.loads: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        given = dict(attrs)
        if tag not in ("meta", "br", "wbr"):
            self.open.append(tag)
        if given.get("id"):
            assert given["id"] not in self.ids
            self.ids.add(given["id"])
        if given.get("href", "").startswith("#"):
            self.links.add(given["href"][1:])
        self.loads += [given[name] for name in ("src", "href") if given.get(name, "#")[0] != "#"]
        self.loads += [tag] if tag in ("script", "link", "iframe") else []

    def handle_startendtag(self, tag: str, attrs: list) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return _plain(" ".join(self.said))


@pytest.mark.parametrize("language", CODES)
def test_one_file_that_loads_nothing_is_whole_and_says_every_section_in_its_language(bundle, language):
    html = model_report(bundle, language=language)
    read = Read(html)
    assert not read.open
    assert read.loads == []
    assert read.links == read.ids
    assert f'<html lang="{language}">' in html
    for key in ("comparison", "ranking", "calibration", "gains", "costs", "importance", "contributions", "lender_set",
                "development", "protocol"):  # fmt: skip
        assert _plain(say(f"model.{key}", language)) in read.text
    assert bundle.portfolio.features["loan_intent"].says[language] in read.text
    assert not re.search(r"\{[a-z_]+\}|\bNone\b|\bnan\b", read.text)
    assert bundle.id in html.replace("<wbr>", "")
    assert bundle.development["fingerprint"] in html.replace("<wbr>", "")


def test_no_text_of_another_language_is_left_in(bundle):
    in_french = Read(model_report(bundle, language="fr")).text
    for key, text in texts("en").items():
        if key.startswith("model.") and len(text) > 30 and "{" not in text:
            assert _plain(text) not in in_french


def test_the_figures_are_those_of_the_bundle(bundle):
    said = Read(model_report(bundle, language="en")).text
    champion = bundle.champion
    for metric, decimals in (("auc", 3), ("gini", 3), ("ks", 3), ("brier", 4), ("calibration_slope", 3)):
        assert f"{champion[metric]['mean']:.{decimals}f}" in said
    assert f"{champion['auc']['low']:.3f}–{champion['auc']['high']:.3f}" in said
    cells = champion["confusion"]
    approved = (cells["tn"] + cells["fn"]) / sum(cells.values())
    assert f"{approved:.1%}" in said
    assert f"{bundle.cut_off:.1%}" in said
    assert f"Developed on {bundle.development['labelled']:,} applications" in said
    pooled = bundle.evaluation["candidates"]["lightgbm"]["pooled"]["auc"]
    assert f"mean over folds, {champion['auc']['mean']:.4f}; pooled it is {pooled:.4f}" in said


def test_without_lender_set_features_there_is_no_section_about_them(bundle):
    found = {name: each for name, each in bundle.evaluation["candidates"].items() if name == "lightgbm"}
    without = replace(bundle, evaluation={**bundle.evaluation, "candidates": found, "lender_set": None})
    read = Read(model_report(without, language="en"))
    assert "lender-set" not in read.ids
    assert say("model.lender_set", "en") not in read.text


def test_a_matrix_of_costs_is_told_in_units_and_never_in_money(bundle):
    document = copy.deepcopy(dict(bundle.document))
    document["costs"] = {"bad_approved": 10, "good_declined": 1}
    said = Read(model_report(replace(bundle, portfolio=parse_document(document)), language="en")).text
    assert "units per application" in said
    assert "R$" not in said
    assert "a bad approved 10, a good declined 1" in said


def test_a_missed_gate_is_said_with_every_bound(bundle):
    document = copy.deepcopy(dict(bundle.document))
    document["acceptance"] = {"gini": {"min": 0.999}, "brier": {"max": 0.5}}
    said = Read(model_report(replace(bundle, portfolio=parse_document(document)), language="en")).text
    assert "misses the gate" in said
    assert "at least 0.999 required" in said
    assert "at most 0.5 required" in said
    document["acceptance"] = {}
    said = Read(model_report(replace(bundle, portfolio=parse_document(document)), language="en")).text
    assert "declares no gate" in said


def test_bounds_are_joined_as_the_language_writes_lists(bundle):
    document = copy.deepcopy(dict(bundle.document))
    document["acceptance"] = {"gini": {"min": 0.4}, "brier": {"max": 0.5}}
    changed = replace(bundle, portfolio=parse_document(document))
    assert "au moins 0,4 exigé ; Brier" in Read(model_report(changed, language="fr")).text
    assert "at least 0.4 required; Brier" in Read(model_report(changed, language="en")).text


@pytest.mark.parametrize("language", ["fr", "pt-BR"])  # a key is an English word, which English words may hold
def test_a_group_is_named_by_its_inputs_and_never_by_its_key(bundle, language):
    read = Read(model_report(bundle, language=language)).text
    groups = bundle.evaluation["importance"]["groups"]
    assert groups
    for group in groups:
        said = ", ".join(bundle.portfolio.features[name].says[language] for name in group["features"])
        assert _plain(said[1:]) in read
        assert not re.search(rf"\b{group['group']}\b", read)


def test_the_version_that_draws_is_told_apart_from_the_one_that_trained(bundle):
    said = Read(model_report(replace(bundle, version="0.0.7"), language="en")).text
    assert "with fiador 0.0.7" in said
    assert f"Made by fiador {__version__}" in said


def test_ks_is_written_one_way(bundle):
    said = Read(model_report(bundle, language="en")).text
    pooled = bundle.evaluation["candidates"]["lightgbm"]["ks"]["at"]["distance"]
    assert f"KS {pooled:.3f}" in said
    assert f"Pooled it is {pooled:.3f}" in said


def test_a_cost_is_told_in_the_currency_s_sign_on_its_axis_as_below_it(bundle):
    assert "R$ per application" in Read(model_report(bundle, language="en")).text
    assert "BRL" not in Read(model_report(bundle, language="en")).text


def test_what_a_portfolio_says_is_shown_and_never_run(bundle):
    document = copy.deepcopy(dict(bundle.document))
    document["features"]["loan_intent"]["says"] = "<script>alert(1)</script>"
    html = model_report(replace(bundle, portfolio=parse_document(document)), language="en")
    assert Read(html).loads == []
    assert "&lt;script&gt;" in html.lower()


def test_an_unknown_language_is_refused_and_named(bundle):
    with pytest.raises(RequestError, match=r"unknown language 'de'. Known: en, fr, pt-BR"):
        model_report(bundle, language="de")


def test_every_candidate_and_every_metric_of_a_gate_has_words():
    assert {f"model.candidate.{name}" for name in CANDIDATES} <= set(texts("en"))
    assert {f"model.metric.{metric.name}" for metric in METRICS} <= set(texts("en"))
    assert all(set(CODES) <= set(row.says) for row in CALIBRATORS.values())
