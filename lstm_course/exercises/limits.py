"""How far a mean of a few differences must lie from 0, in standard errors."""

# Of Student's t at 95 %, by the number of differences, which is one more than the
# degrees of freedom. scipy has them for any number, but takes long to import.
T_LIMIT = {2: 12.71, 3: 4.30, 4: 3.18, 5: 2.78, 6: 2.57, 7: 2.45, 8: 2.36}
