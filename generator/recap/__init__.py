"""Looking back on a week: its facts from kept history, what led each day from kept runs."""
