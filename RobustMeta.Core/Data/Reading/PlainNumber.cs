namespace RobustMeta.Data.Reading;

/// <summary>Parses short plain numbers such as <c>3.5</c> or <c>1112486027</c> fast and exactly.</summary>
internal static class PlainNumber
{
    // Up to here an integer and a power of ten are doubles themselves, so that their quotient is rounded once, correctly
    // (Clinger, How to read floating point numbers accurately, PLDI 1990).
    private const int MostDigits = 15;
    private static readonly double[] Powers =
    [
        1,
        1e1,
        1e2,
        1e3,
        1e4,
        1e5,
        1e6,
        1e7,
        1e8,
        1e9,
        1e10,
        1e11,
        1e12,
        1e13,
        1e14,
        1e15,
    ];

    /// <summary>The number of a text of digits with at most one point and a sign; false for any other text.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value)
    {
        value = 0;
        var isNegative = text is [(byte)'-', ..];
        var digits = isNegative ? text[1..] : text;
        if (digits.IsEmpty || digits.Length > MostDigits + 1)
        {
            return false;
        }
        long whole = 0;
        var (count, point) = (0, -1);
        for (var i = 0; i < digits.Length; i++)
        {
            var digit = digits[i] - '0';
            if ((uint)digit <= 9)
            {
                whole = 10 * whole + digit;
                count++;
            }
            else if (digits[i] == '.' && point < 0)
            {
                point = i;
            }
            else
            {
                return false;
            }
        }
        if (count is 0 or > MostDigits || (isNegative && whole == 0))
        {
            return false;
        }
        var size = point < 0 ? whole : whole / Powers[digits.Length - 1 - point];
        value = isNegative ? -size : size;
        return true;
    }
}
