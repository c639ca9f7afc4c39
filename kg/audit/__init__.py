"""Cross-footing (勾稽): rules as data, and the findings where documents contradict themselves."""
