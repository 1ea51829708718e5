"""Floor 3: experiments (radius, training, capacity).

An experiment is a route of an empirical claim. It computes its predicted range from `theory` before it measures, states the
rival explanation and what that predicts, runs a control that must come out different, and writes a record with the raw
figures behind every number. Records are kept in `empirics/records/`; the face joins them to their claims by claim id.
Nothing here knows of reports. The extra `empirics` installs what it needs (torch, transformers, matplotlib).
"""
