"""Derived lemmas that every paper may use: functions from theorems (or terms) to theorems. Not trusted: each step is the kernel's."""
