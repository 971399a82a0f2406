"""Tells people what has become different: webhooks, Slack, e-mail. What is to be told is written down in the store."""
