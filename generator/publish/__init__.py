"""Publishing: only what was approved, once, whatever dies in between.

`base` holds what a network's sender must do, `ledger` what was done, `outbox` the protocol that
brings the two together.
"""
