"""Questions to a case, each behind an actor: filters, pages, pictures, the funnel, exports."""
