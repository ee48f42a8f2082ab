"""Analyses of a policy. They read the IR only and know no engine."""
