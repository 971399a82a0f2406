"""What is known of each kind of object, in one record. Importing anything of this package checks all records.

`families` holds the records, `recipes` writes the SQL that they refer to, `edges` says what they know of order.
"""

from shared.kinds.registry import RECORDS

__all__ = ["RECORDS"]
