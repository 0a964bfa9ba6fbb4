"""Keys as Nostr writes them: hexadecimal, or bech32 with a prefix (BIP-173, NIP-19)."""

from __future__ import annotations

from collections.abc import Iterable

from generator.errors import UsageError

ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECKSUM = 6  # characters


def key_of(text: str) -> bytes:
    """A private key from its 64 hexadecimal digits or from `nsec1...`. Raises UsageError."""
    text = text.strip()
    try:
        key = _decoded("nsec", text) if text.startswith("nsec1") else bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32 or not any(key):
        todo = "Give nsec1... or 64 hexadecimal digits."
        raise UsageError("COMMENTARY_NETWORKS__NOSTR__PRIVATE_KEY", "is no key", todo)
    return key


def npub(public: str) -> str:
    """A public key (hexadecimal) as people know it: `npub1...`."""
    values = _regrouped(bytes.fromhex(public), 8, 5, pad=True)
    check = _polymod([*_expanded("npub"), *values, *[0] * CHECKSUM]) ^ 1
    values += [check >> 5 * (5 - i) & 31 for i in range(CHECKSUM)]
    return "npub1" + "".join(ALPHABET[v] for v in values)


def _decoded(prefix: str, text: str) -> bytes:
    """Raises ValueError for another prefix, a wrong character or a wrong checksum."""
    values = [ALPHABET.index(c) for c in text.removeprefix(f"{prefix}1")]
    if _polymod([*_expanded(prefix), *values]) != 1:
        raise ValueError("checksum")
    return bytes(_regrouped(values[:-CHECKSUM], 5, 8, pad=False))


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(values: Iterable[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(GENERATORS):
            check ^= generator if top >> place & 1 else 0
    return check


def _regrouped(values: Iterable[int], size: int, to: int, *, pad: bool) -> list[int]:
    """Groups of `size` bits as groups of `to` bits."""
    held = bits = 0
    out: list[int] = []
    for value in values:
        held, bits = held << size | value, bits + size
        while bits >= to:
            bits -= to
            out.append(held >> bits & (1 << to) - 1)
    if pad and bits:
        out.append(held << to - bits & (1 << to) - 1)
    return out
