"""What Python code of a task finds: `dbutils`, `display`, SQL cells, and how notebooks are run."""
