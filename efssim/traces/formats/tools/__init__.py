"""Exports of Grafana, Prometheus and sysstat."""
