"""What pip was told, uv is told; where it has no word for that, pip installs."""

from __future__ import annotations

import runpy

import pytest

from tests import ROOT

told_to_uv = runpy.run_path(str(ROOT / ".ci" / "install.py"))["told_to_uv"]
ALWAYS = {"UV_INDEX_STRATEGY": "unsafe-best-match"}


def test_a_mirror_its_certificate_and_folders_are_passed_on():
    settings = (
        "global.index-url='https://mirror.test/simple'",
        "global.extra-index-url='https://a.test/simple\\nhttps://b.test/simple'",
        "install.find-links='\\n/srv/a\\n/srv/b'",
        ":env:.cert='/etc/ca.pem'",
        ":env:.disable-pip-version-check='1'",
    )
    assert told_to_uv(settings) == ALWAYS | {
        "UV_DEFAULT_INDEX": "https://mirror.test/simple",
        "UV_INDEX": "https://a.test/simple https://b.test/simple",
        "UV_FIND_LINKS": "/srv/a,/srv/b",
        "SSL_CERT_FILE": "/etc/ca.pem",
    }


def test_the_environment_holds_before_a_file_as_in_pip():
    settings = (":env:.index-url='https://near.test'", "global.index-url='https://far.test'")
    assert told_to_uv(settings)["UV_DEFAULT_INDEX"] == "https://near.test"


@pytest.mark.parametrize("line", ["global.no-index='true'", "install.require-hashes='1'"])
def test_where_uv_has_no_word_pip_installs(line):
    assert told_to_uv([line]) is None


def test_settings_of_other_commands_are_none_of_ours():
    assert told_to_uv(["download.no-binary=':all:'", ""]) == ALWAYS
