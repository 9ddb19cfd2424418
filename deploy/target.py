"""The hosting service. CONTRIBUTING.md says how to add another."""

from deploy.vercel import VARIABLES, app, build, deploy, static_database

__all__ = ["VARIABLES", "app", "build", "deploy", "static_database"]
