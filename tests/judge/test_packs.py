"""Rule packs from people we do not know: every way out is tried, none is found."""

from __future__ import annotations

import os
import stat
import time
import zipfile
from pathlib import Path

import pytest

from generator.cli import main
from generator.errors import EXIT_DONE, EXIT_FAILED, EXIT_USAGE, CommentaryError, RuleError
from generator.judge.packs import read_pack, unpacked

Captured = pytest.CaptureFixture[str]
WHEN = "major == 1 and abs(return_24h) <= most"
RULE = f"""id: MY1
title: A quiet price
scope: asset
role: level
params: {{most: 1}}
when: {WHEN}
evidence: [return_24h]
sources: [mine]
tests:
  - {{name: a, given: {{major: 1, return_24h: 1}}, expect: on}}
  - {{name: b, given: {{major: 1, return_24h: 1.05}}, expect: off}}
  - {{name: c, given: {{major: 1}}, expect: unknown}}
"""
GOOD = "mine/quiet_price.yaml"


def zipped(path: Path, *entries: tuple[str | zipfile.ZipInfo, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return path


def folder(path: Path, **files: str) -> Path:
    for name, content in files.items():
        target = path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")
    return path


def info(name: str, mode: int = stat.S_IFREG | 0o644, method: int = 8) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr, entry.compress_type, entry.create_system = mode << 16, method, 3
    return entry


BAD_NAMES = [
    *("../outside.yaml", "mine/../../x.yaml", "mine/../x.yaml", "./mine/x.yaml", "/etc/x.yaml"),
    *("//host/x.yaml", "C:/x.yaml", "C:\\mine\\x.yaml", "mine\\x.yaml", "mine//x.yaml"),
    *("mine/deep/x.yaml", "a/" * 500 + "x.yaml", "x.yaml", "mine/x.yml", "mine/x.py", "inner.zip"),
    *("mine/x.zip", "mine/X.yaml", "Mine/x.yaml", "mine/.x.yaml", "mine/x.yaml ", "mine/x.yaml\n"),
    *("mine/x\u202elmay.yaml", "mine/\u0430bs.yaml", "mine/con:aux.yaml", "weights.yaml"),
    *("commentary.toml", ".env", "templates/en/phrases/x.j2", "mine/quiet_price.j2"),
]


@pytest.mark.parametrize("name", BAD_NAMES, ids=lambda n: ascii(n)[:30])
def test_a_file_of_any_other_name_is_refused_and_nothing_is_written(
    name: str, tmp_path: Path
) -> None:
    pack = zipped(tmp_path / "p.zip", (info(GOOD), RULE), (info(name), RULE))
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(RuleError), unpacked(pack):
        raise AssertionError("it was unpacked")
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK])
def test_links_and_devices_in_a_zip_are_refused(kind: int, tmp_path: Path) -> None:
    pack = zipped(tmp_path / "p.zip", (info(GOOD, kind | 0o777), "/etc/passwd"))
    with pytest.raises(RuleError, match="is a link or a device"):
        read_pack(pack)


def test_links_pipes_and_depth_in_a_folder_are_refused(tmp_path: Path) -> None:
    pack = folder(tmp_path / "p", **{GOOD: RULE})
    (pack / "mine" / "linked.yaml").symlink_to("/etc/passwd")
    with pytest.raises(RuleError, match="is a link"):
        read_pack(pack)
    (pack / "mine" / "linked.yaml").unlink()
    (pack / "other").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(RuleError, match="is a link"):
        read_pack(pack)
    (pack / "other").unlink()
    os.mkfifo(pack / "mine" / "pipe.yaml")
    with pytest.raises(RuleError, match="no plain file"):
        read_pack(pack)
    with pytest.raises(RuleError, match="nested too deep"):
        read_pack(folder(tmp_path / "q", **{"a/b/c/x.yaml": RULE}))
    with pytest.raises(CommentaryError, match="is no pack"):
        read_pack(tmp_path / "nothing")


def test_encrypted_doubled_cut_and_strangely_packed_members_are_refused(tmp_path: Path) -> None:
    pack = zipped(tmp_path / "p.zip", (info("mine/x.yamlQ.exe"), RULE))
    raw = pack.read_bytes()
    pack.write_bytes(raw.replace(b"x.yamlQ.exe", b"x.yaml\x00.exe"))
    with pytest.raises(RuleError, match="cut or rewritten"):
        read_pack(pack)
    secret = bytearray(raw)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        secret[secret.index(mark) + place] |= 1
    pack.write_bytes(secret)
    with pytest.raises(RuleError, match="is encrypted"):
        read_pack(pack)
    with pytest.warns(UserWarning, match="Duplicate name"):
        zipped(tmp_path / "d.zip", (info(GOOD), RULE), (info(GOOD), RULE))
    with pytest.raises(RuleError, match="stands twice"):
        read_pack(tmp_path / "d.zip")
    with pytest.raises(RuleError, match="unusual method"):
        read_pack(zipped(tmp_path / "l.zip", (info(GOOD, method=zipfile.ZIP_LZMA), RULE)))
    pack.write_bytes(raw[:60])
    with pytest.raises(RuleError, match="unpacked"):
        read_pack(pack)


def test_bombs_are_given_up_before_they_are_unpacked(tmp_path: Path) -> None:
    zipped(tmp_path / "one.zip", (info(GOOD), b" " * 50_000_000))
    zipped(tmp_path / "many.zip", *[(info(f"mine/r{i}.yaml"), b"#" * 60_000) for i in range(90)])
    zipped(tmp_path / "files.zip", *[(info(f"mine/r{i}.yaml"), b"#") for i in range(450)])
    zipped(tmp_path / "folders.zip", *[(f"f{i}/", b"") for i in range(2_100)])
    (tmp_path / "large.zip").write_bytes(b"PK" + bytes(3_000_000))
    began = time.perf_counter()
    for name, what in (
        ("one", "larger than 64 KB"),
        ("many", "more than 4 MB"),
        ("files", "more than 400 rules"),
        ("folders", "more than 2000 files"),
        ("large", "larger than 2 MB"),
    ):
        with pytest.raises(RuleError, match=what):
            read_pack(tmp_path / f"{name}.zip")
    assert time.perf_counter() - began < 5


def put(old: str, new: str) -> str:
    assert old in RULE
    return RULE.replace(old, new, 1)


DEEP = "\n".join(
    ["let:", "  a0: return_24h + 1", *(f"  a{i}: a{i - 1} + 1" for i in range(1, 900))]
)
CONTENTS: dict[str, str] = {
    "code": put(WHEN, "__import__('os').system('id') == 0"),
    "subclasses": put(WHEN, "().__class__.__bases__ > 1"),
    "power": put(WHEN, "9**9**9**9 > 1"),
    "regex": put(WHEN, "\"matches('(a+)+$', return_24h)\""),
    "open": put(WHEN, "open(1) > 1"),
    "400 KB": put(WHEN, "return_24h + " * 32_000 + "1 > 1"),
    "40 KB": put(WHEN, "return_24h + " * 3_000 + "1 > 1"),
    "a window of 10^9 rows": put(WHEN, "mean(return_24h, days(1000000000)) > 1"),
    "a negative window": put(WHEN, "mean(return_24h, days(-3)) > 1"),
    "deep brackets": put(WHEN, "(" * 900 + "1" + ")" * 900 + " > 1"),
    "deep lets": RULE.replace("when:", DEEP + "\nwhen:").replace(WHEN, "a899 > 1"),
    "confusable letter": put(WHEN, "m\u0430jor == 1"),
    "digits": put("{most: 1}", "{most: " + "9" * 400 + "}"),
    "not a number": put("{most: 1}", "{most: .nan}"),
    "infinite": put("{most: 1}", "{most: 1e999}"),
    "alias bomb": "a: &a [x,x]\nb: [*a,*a]\n" + RULE,
    "tag": put("[mine]", "!!python/object/apply:os.system ['id']"),
    "double key": RULE + "id: MY2\n",
    "nesting": put("[mine]", "[" * 50 + "]" * 50),
    "two documents": RULE + "---\n" + RULE,
    "bidi": put("A quiet price", "A \u202equiet price"),
    "zero width": put("A quiet price", "A qui\u200bet price"),
    "escape codes": put("A quiet price", "A \x1b[2J price"),
    "private use": put("A quiet price", "A \ue000 price"),
    "no such evidence": put("evidence: [return_24h]", "evidence: [retrun_24h]"),
    "no such metric": put(WHEN, "secret_24h > 1"),
    "no such key": RULE + "run: rm\n",
    "a let over a metric": RULE.replace("when:", "let: {price: 1}\nwhen:"),
    "a frequency beyond one": RULE + "score: {frequency: 7}\n",
    "too large": RULE + "# " + "x" * 70_000,
    "ages": RULE + "for: 99999d\n",
    "rows": put("given: {major: 1,", "given: {every: 1m, major: [" + "1," * 20_000 + "1],"),
}


@pytest.mark.parametrize("name", CONTENTS, ids=str)
def test_no_content_gets_out_runs_on_or_ends_in_a_traceback(
    name: str, tmp_path: Path, capsys: Captured
) -> None:
    pack = folder(tmp_path / "p", **{GOOD: CONTENTS[name]})
    began = time.perf_counter()
    assert main(["rules", "check", str(pack)]) in {EXIT_USAGE, EXIT_FAILED}
    assert time.perf_counter() - began < 5
    said = "".join(capsys.readouterr())
    assert "Traceback" not in said
    assert "commentary-pack-" not in said
    assert "\x1b" not in said
    assert GOOD in said


def test_costly_tests_are_refused_by_counting(tmp_path: Path, capsys: Captured) -> None:
    rows = ",".join(["1"] * 1_900)
    costly = put(WHEN, "pctile(return_24h, days(3)) > most").replace(
        "given: {major: 1, return_24h: 1}", f"given: {{every: 1m, return_24h: [{rows}]}}"
    )
    pack = folder(tmp_path / "p", **{f"mine/r{i}.yaml": costly for i in range(120)})
    assert main(["rules", "check", str(pack)]) == EXIT_USAGE
    assert "its tests need" in capsys.readouterr().err


def test_a_gate_cannot_be_replaced_and_all_else_is_shown(tmp_path: Path, capsys: Captured) -> None:
    pack = folder(tmp_path / "g", **{"open_interest/implausible_change.yaml": RULE})
    assert main(["rules", "check", str(pack)]) == EXIT_USAGE
    assert "keeps the text true" in capsys.readouterr().err
    more = RULE + "inhibits: [funding]\nprecedes: [volume_level]\n"
    pack = folder(tmp_path / "p", **{"price/price_level.yaml": RULE, GOOD: more})
    assert main(["rules", "check", str(pack)]) == EXIT_DONE
    said = capsys.readouterr().err
    assert "price_level replaces the rule of that name" in said
    assert "quiet_price silences funding" in said
    assert "quiet_price precedes volume_level" in said
    pack = folder(tmp_path / "n", **{"mine/funding.yaml": RULE})
    assert main(["rules", "check", str(pack)]) == EXIT_FAILED


def test_an_installed_pack_is_used_when_named_and_looked_at_each_time(
    tmp_path: Path, capsys: Captured
) -> None:
    zipped(tmp_path / "calm.zip", ("README.md", "mine"), (GOOD, RULE))
    assert main(["rules", "install", "calm.zip"]) == EXIT_DONE
    assert main(["rules", "install", "calm.zip"]) == EXIT_USAGE
    assert "is there already" in capsys.readouterr().err
    files = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.yaml"))
    assert files == ["packs/calm/mine/quiet_price.yaml"]
    main(["rules", "list"])
    assert "quiet_price" not in capsys.readouterr().out
    (tmp_path / "commentary.toml").write_text('[rules]\npacks = ["packs/calm"]\n')
    assert main(["rules", "list"]) == EXIT_DONE
    assert "quiet_price" in capsys.readouterr().out
    (tmp_path / "packs/calm/mine/later.yaml").symlink_to("/etc/passwd")
    assert main(["rules", "list"]) == EXIT_USAGE
    assert "is a link" in capsys.readouterr().err


def test_what_fails_its_own_tests_is_not_installed(tmp_path: Path) -> None:
    zipped(tmp_path / "broken.zip", (GOOD, RULE.replace("expect: unknown", "expect: on")))
    assert main(["rules", "install", "broken.zip"]) == EXIT_FAILED
    assert not (tmp_path / "packs").exists()
