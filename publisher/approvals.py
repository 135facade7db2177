"""Which records a person has agreed to publish: the same answer for the site and for the phones' lists."""

from ledger.approvals import GATES, KEYS, KIND, Approvals, policy_of

__all__ = ["GATES", "KEYS", "KIND", "Approvals", "policy_of"]
