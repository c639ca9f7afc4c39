"""The library folder: graph and index on disk, one writer, any number of readers, queries that cannot do harm."""
