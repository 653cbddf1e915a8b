"""Say how the numbers of a screen belong together, as sums that a reader can check."""

from __future__ import annotations

from collections.abc import Mapping

from geo.inventory.balance import Balance
from layers.language.messages import speaker
from layers.language.values import count


def equation(whole: str, parts: Mapping[str, int], lang: str) -> str:
    """Return a sum in words and numbers.

    Parameters
    ----------
    whole
        Key of the words under ``sums`` for what the parts make.
    parts
        By key of its words, each part; a part of zero is left out.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        The total is that of the parts: the reader compares it with the number on the screen.

    Examples
    --------
    >>> equation("recorded", {"mapped": 70, "unmapped": 16}, "en")
    'Rows recorded 86 = on the map 70 + not mapped 16'
    """
    say = speaker(lang)
    shown = {key: n for key, n in parts.items() if n} or dict(list(parts.items())[:1])
    summands = " + ".join(f"{say(f'sums.{key}')} {count(n)}" for key, n in shown.items())
    name = say(f"sums.{whole}")
    return f"{name[:1].upper()}{name[1:]} {count(sum(parts.values()))} = {summands}"


def of_balance(found: Balance, lang: str) -> str:
    """Return how the rows shown split into those that count in a district and those that do not.

    Parameters
    ----------
    found
        Places counted one way. Its parameters hold ``by`` (``host`` or ``site``) and how many rows
        were ``uncounted``, of these ``titles``, ``counted_outside`` and ``counted_unplaced``.
    lang
        Language of the words, ``zh`` or ``en``.

    Returns
    -------
    str
        One sum; see :func:`equation`.
    """
    by, values = found.parameters["by"], found.parameters
    titles = int(str(values.get("titles", 0)))
    return equation(
        "chosen",
        {
            f"in_{by}": found.n,
            "titles": titles,
            "uncounted": int(str(values["uncounted"])) - titles,
            f"outside_{by}": int(str(values["counted_outside"])),
            f"unplaced_{by}": int(str(values["counted_unplaced"])),
        },
        lang,
    )
