"""What came of it all: scores of forecasts, reports, and models that have to beat the market. Plain numbers in and out;
what draws or learns runs in a process of its own."""
