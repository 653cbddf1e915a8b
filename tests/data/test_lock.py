"""Show that both locks name the same versions, and that the hashed one leaves none open."""

from __future__ import annotations

import re

from tests import ROOT

REQUIREMENT = re.compile(r"^([\w.-]+==\S+(?: ; [^\\\n]*?)?)(?: \\)?$", re.MULTILINE)


def test_the_hashed_lock_is_the_plain_one_with_the_hashes_of_every_file() -> None:
    plain = (ROOT / "requirements.txt").read_text("utf-8")
    hashed = (ROOT / "requirements-hashed.txt").read_text("utf-8")
    assert REQUIREMENT.findall(hashed) == REQUIREMENT.findall(plain)
    blocks = re.split(r"^(?=\S)", hashed, flags=re.MULTILINE)
    own = [block for block in blocks if block and not block.startswith("#")]
    assert len(own) == len(REQUIREMENT.findall(plain)) > 30
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}\b", block) for block in own)
