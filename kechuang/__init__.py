"""Kechuang (科创): the platform on which a city runs science and technology education for its schools."""

__version__ = "0.1.0"
