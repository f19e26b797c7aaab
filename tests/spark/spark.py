"""A local Spark with the Delta connector, for tests that let it read and write the same tables."""

import functools
import os
import pathlib
import subprocess

from pyspark.sql import SparkSession

HERE = pathlib.Path(__file__).resolve().parent


def connector_jars():
    """Folder with the connector's jars; fetched once by Maven."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "lakesmith" / "delta-spark-4.4.0"
    if not any(cache.glob("delta-spark*.jar")):
        subprocess.run(
            ["mvn", "-B", "-q", "-f", str(HERE / "pom.xml"), "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies",
             "-DincludeScope=runtime", f"-DoutputDirectory={cache}"],
            check=True,
        )
    return cache


@functools.cache
def session(time_zone="UTC"):
    """The one Spark session of the process; small, on two threads."""
    jars = ",".join(str(jar) for jar in sorted(connector_jars().glob("*.jar")))
    return (
        SparkSession.builder.master("local[2]")
        .appName("lakesmith-tests")
        .config("spark.jars", jars)
        .config("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension")
        .config("spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog")
        .config("spark.sql.session.timeZone", time_zone)
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.databricks.delta.snapshotPartitions", "1")
        .config("spark.sql.sources.parallelPartitionDiscovery.parallelism", "1")
        .config("spark.default.parallelism", "1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", "1g")
        .getOrCreate()
    )
