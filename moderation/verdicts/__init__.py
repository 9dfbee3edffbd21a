"""Finding, Policy and Verdict: thresholds, abstention, action, reasons; the document; the submissions API."""
