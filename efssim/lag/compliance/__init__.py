"""Attainment of the RPO by calendar month, as compliance is reported."""
