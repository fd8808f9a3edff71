"""The ledger of an unfinished build: what was appended comes back, what was damaged does not."""

from pathlib import Path

from cnnlab.artifacts import ledger

ENTRIES = [[1, ["é", None]], [2, []], {"row": 3}]


def test_entries_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "done.jsonl"
    path.write_text("".join(map(ledger.line, ENTRIES)), encoding="utf-8")
    assert ledger.values(path) == ENTRIES


def test_no_flipped_bit_passes(tmp_path: Path) -> None:
    path, whole = tmp_path / "done.jsonl", "".join(map(ledger.line, ENTRIES)).encode()
    for i in range(len(whole)):
        for bit in range(8):
            path.write_bytes(whole[:i] + bytes([whole[i] ^ (1 << bit)]) + whole[i + 1 :])
            entries = ledger.values(path)
            assert len(entries) < len(ENTRIES) and all(entry in ENTRIES for entry in entries)


def test_a_torn_end_is_left_out(tmp_path: Path) -> None:
    path, whole = tmp_path / "done.jsonl", "".join(map(ledger.line, ENTRIES)).encode()
    for cut in range(2, 12):
        path.write_bytes(whole[:-cut])
        assert ledger.values(path) == ENTRIES[:2]
