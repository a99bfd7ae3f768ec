"""The data set: one call with all its entries under review, one open for applications, one of last year with its works.

`python -m tests.bench.scene --entries 5000` fills the (empty, migrated) database of DATABASE_URL through the models in bulk.
Rows are of the real shapes and sizes: answers to every question, teams, advisers, files, declarations, consents, every move with its
audit row, reviews two thirds of which are in. What differs from life: nobody has a password, and files share a few blobs.
"""
