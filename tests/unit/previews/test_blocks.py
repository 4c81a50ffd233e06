"""Parts of a comment that give way, and say so."""

from hypothesis import given
from hypothesis import strategies as some

from previews.blocks import Block, arranged, length


def block(lines: int, rank: int = 1, width: int = 9) -> Block:
    return Block(
        rank=rank,
        before=("<",),
        lines=[f"{number:0{width}}" for number in range(lines)],
        after=(">",),
        note=lambda left: f"({left} left out)",
    )


def test_what_fits_is_whole() -> None:
    assert block(2).fitted(100) == "<\n000000000\n000000001\n>\n"


def test_what_does_not_fit_says_how_much_is_missing() -> None:
    text = block(50).fitted(100)

    assert text.startswith("<\n000000000\n")
    assert text.endswith(f">\n\n({50 - text.count('0000000')} left out)\n")
    assert len(text) <= 100


def test_of_a_block_without_room_the_note_is_left_and_then_nothing() -> None:
    # Right below another block's table the note would be one more row.
    assert block(50).fitted(15) == "\n(50 left out)\n"
    assert block(50).fitted(14) == ""
    assert block(50).fitted(5) == ""


def test_the_lowest_rank_is_served_first_wherever_it_stands() -> None:
    text = arranged([block(20, rank=2), block(20, rank=1)], 260)

    assert text.index("left out") < text.index("000000019")


def test_what_a_small_block_does_not_need_the_large_one_gets() -> None:
    large = block(20)

    assert large.fitted(10_000) in arranged([large, block(1)], 260)


def test_characters_count_as_forges_count_them() -> None:
    assert length("abc") == 3
    assert length("äö") == 2
    assert length("a❗") == 2
    assert length("\U0001f512") == 2


@given(
    some.lists(some.builds(block, some.integers(0, 30), some.integers(0, 3), some.integers(1, 40)), max_size=6),
    some.integers(0, 800),
)
def test_no_arrangement_is_too_long(blocks: list[Block], room: int) -> None:
    assert length(arranged(blocks, room)) <= room
