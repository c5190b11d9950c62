namespace RobustMeta.Shift;

/// <summary>
/// Exposure shifts: what a test user was shown, and so could rate, is another choice of items than in training. Users and
/// queries are drawn without weights and are the same in all test sets; supports alone are drawn anew, from what the user rated
/// beside the query. Their ratings are true ones: the choice shifts, taste does not.
/// </summary>
public abstract class ExposureDraw : WeightedDraw;
