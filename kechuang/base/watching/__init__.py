"""What an operator watches: structured logs with request ids, figures for Prometheus, and whether the parts answer.

Nothing here knows a person: a log line has the account's number, the name of the view and never a query string or a body.
"""
