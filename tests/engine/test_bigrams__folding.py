"""A text and a question are cut alike, whatever width, case and signs they were typed with."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import bigrams

ALIKE = (
    ("忻水请〔2023〕10号", "忻水请[2023]10号"),
    ("忻水请〔2023〕10号", "忻水请（２０２３）１０号"),
    ("忻水请〔2023〕10号", "忻水请 2023 10 号"),
    ("ABC-12", "ａｂｃ１２"),
    ("二○二六年", "二〇二六年"),
    ("二零二六年", "二〇二六年"),
    ("《办法》（送审稿）", "办法送审稿"),
)


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_what_reads_alike_is_folded_alike(one: str, other: str) -> None:
    assert bigrams.fold(one) == bigrams.fold(other)


@pytest.mark.parametrize("asked", ["", "   ", "。，！", "〔〕", "%_", "\x00", "\t\n"])
def test_a_question_of_signs_alone_asks_for_nothing(asked: str) -> None:
    assert bigrams.words(asked) == ()


def test_words_are_parted_by_spaces_and_commas_each_once() -> None:
    assert bigrams.words("防汛，水利　防汛 ABC abc") == ("防汛", "水利", "abc")


def test_an_endless_question_is_cut_and_looks_up_a_bounded_number() -> None:
    words = bigrams.words("长" * 10_000 + " " + " ".join(f"第{n}个" for n in range(100)))
    assert len(words) == bigrams.MOST_WORDS
    assert len(words[0]) == bigrams.LONGEST_WORD
    assert len(bigrams.wanted(words)) <= bigrams.MOST_GRAMS


TEXTS = st.text(st.characters(codec="utf-8"), max_size=60)


@given(TEXTS, st.integers(0, 60), st.integers(1, 20))
def test_every_part_of_a_text_has_only_grams_of_the_text(text: str, at: int, size: int) -> None:
    folded = bigrams.fold(text)
    part = folded[at : at + size]
    if part:
        assert set(bigrams.wanted([part])) <= bigrams.grams(folded)


@given(TEXTS, TEXTS)
def test_marking_changes_no_letter_of_a_text(text: str, asked: str) -> None:
    pieces = bigrams.marked(text, bigrams.words(asked))
    assert "".join(piece for piece, _ in pieces) == text


@pytest.mark.parametrize(
    ("text", "asked", "hits"),
    [
        ("忻水请〔2023〕10号", "2023 10号", ["2023", "10号"]),
        ("忻水请〔2023〕10号", "〔2023〕10号", ["2023〕10号"]),
        ("关于ＡＢＣ项目的请示", "abc", ["ＡＢＣ"]),
        ("二○二六年春耕", "二〇二六", ["二○二六"]),
        ("关于防汛、抗旱的通知", "防汛抗旱", ["防汛、抗旱"]),
        ("关于防汛的通知", "水利", []),
    ],
)
def test_a_hit_is_marked_as_it_was_written(text: str, asked: str, hits: list[str]) -> None:
    pieces = bigrams.marked(text, bigrams.words(asked))
    assert [piece for piece, hit in pieces if hit] == hits


def test_a_snippet_shows_the_surroundings_in_one_line() -> None:
    text = "前文。\n" * 50 + "云中河流域生态补水" + "后文。\n" * 50
    shown = "".join(piece for piece, _ in bigrams.snippet(text, ["生态补水"]))
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "云中河流域生态补水" in shown
    assert len(shown) <= bigrams.SHOWN + 2
