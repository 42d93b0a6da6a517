-- Written by releases before this one only: wrong codes are counted in abuse_budgets.
DELETE FROM passwordless_failures;
