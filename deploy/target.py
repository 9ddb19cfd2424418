"""The hosting service. CONTRIBUTING.md explains how to add another."""

from deploy.vercel import VARIABLES, app_runtime, build, deploy, static_database

__all__ = ["VARIABLES", "app_runtime", "build", "deploy", "static_database"]
