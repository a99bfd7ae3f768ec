"""Quantiles of the normal distribution."""

NORMAL_90 = 1.6448536269514722
"""Half the width, in standard errors, of an interval that holds nine tenths."""
