"""Configurations that are nearly right: real ones with something wrong in them."""

import copy
import random
from collections.abc import Mapping, Sequence
from typing import Any

Tree = dict[str, Any]

_ODD: Sequence[Any] = (
    None, True, False, 0, -1, 1, 65536, 10**30, 0.5, -0.0, 1e308, float("inf"), float("nan"), "", " ", "-", "0", "null",
    "true", "{}", "[]", "a" * 300, "A.b_C", "a..b", "\x00", "\n", "\u202e", "é", "💥",
    "127.0.0.1", "::1", "1.2.3.4/33", "1e9Gi",
    "500m", "NodePort", "-----BEGIN CERTIFICATE-----", [], {}, [[]], [None], [1, "a"], {"": ""}, {"type": "NodePort"},
    {"source": "generated"}, {"source": []}, {"type": {"type": "ClusterIP"}},
)  # fmt: skip
"""Values that code does not expect. None of them is a path: a content's folder is read."""


def mutated(whole: Mapping[str, Any], dice: random.Random) -> Tree:
    """A copy of a configuration with one to three things changed.

    Args:
        whole: The configuration, by full key.
        dice: Where the choices come from.
    """
    changed: Tree = copy.deepcopy(dict(whole))
    for _ in range(dice.randint(1, 3)):
        _change(changed, dice)
    return changed


def _change(tree: Tree, dice: random.Random) -> None:
    place: Any = tree
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = dice.choice(keys)
        below = place[key]
        if not isinstance(below, dict | list) or not below or dice.random() < 0.3:
            break
        place = below
    what = dice.randrange(5)
    if what == 0:
        del place[key]
    elif what == 1 and isinstance(place, dict) and isinstance(key, str):
        place[_misspelt(key, dice)] = below
    elif what == 2 and isinstance(place, list):
        place.append(copy.deepcopy(below))
    else:
        place[key] = copy.deepcopy(dice.choice(_ODD))


def _misspelt(key: str, dice: random.Random) -> str:
    position = dice.randrange(len(key) + 1)
    return key[:position] + dice.choice("aZ_-.: é") + key[position:]
