"""The AWS side of the platform as code: one CDK application, and the templates that it synthesises to."""
