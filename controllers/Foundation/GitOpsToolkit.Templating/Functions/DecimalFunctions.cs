using System.Globalization;
using System.Numerics;
using GitOpsToolkit.Templating.Printing;
using static GitOpsToolkit.Templating.Functions.Signature;

namespace GitOpsToolkit.Templating.Functions;

/// <summary>sprig's functions on fractions. They reckon in decimals, so that 0.1 and 0.2 are 0.3.</summary>
internal static class DecimalFunctions
{
    private const int QuotientDigits = 16;

    internal static IReadOnlyList<GoFunction> All { get; } =
    [
        Of("add1f", [Any], a => Fold(a[0], [GoValue.Of(1)], Add)),
        Variadic("addf", [Any], a => Fold(GoValue.Of(0.0), a, Add)),
        Variadic("subf", [Any, Any], a => Fold(a[0], a[1..], (left, right) => Add(left, right with { Digits = -right.Digits }))),
        Variadic("mulf", [Any, Any], a =>
            Fold(a[0], a[1..], (left, right) => new Number(left.Digits * right.Digits, left.Exponent + right.Exponent))),
        Variadic("divf", [Any, Any], a => Fold(a[0], a[1..], Divide)),
    ];

    private static GoValue Fold(GoValue first, GoValue[] others, Func<Number, Number, Number> step) =>
        GoValue.Of(others.Aggregate(Read(first), (left, right) => step(left, Read(right))).ToFloat());

    private static Number Read(GoValue value)
    {
        var number = Cast.ToFloat(value);
        if (!double.IsFinite(number))
        {
            throw new GoException($"Cannot create a Decimal from {GoFloatText.Format(number, 'g', -1)}");
        }

        var (digits, point) = GoFloatText.Shortest(Math.Abs(number));
        var size = BigInteger.Parse(digits, CultureInfo.InvariantCulture);
        return new Number(double.IsNegative(number) ? -size : size, point - digits.Length);
    }

    private static Number Add(Number left, Number right)
    {
        var exponent = Math.Min(left.Exponent, right.Exponent);
        return new Number(left.At(exponent) + right.At(exponent), exponent);
    }

    /// <summary>The quotient to 16 decimals, halves away from zero.</summary>
    private static Number Divide(Number left, Number right)
    {
        if (right.Digits.IsZero)
        {
            throw new GoException("decimal division by 0");
        }

        var shift = left.Exponent - right.Exponent + QuotientDigits;
        var numerator = left.Digits * BigInteger.Pow(10, Math.Max(shift, 0));
        var denominator = right.Digits * BigInteger.Pow(10, Math.Max(-shift, 0));
        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        if (BigInteger.Abs(rest) * 2 >= BigInteger.Abs(denominator))
        {
            quotient += numerator.Sign * denominator.Sign;
        }

        return new Number(quotient, -QuotientDigits);
    }

    /// <summary>Digits × 10^Exponent.</summary>
    private readonly record struct Number(BigInteger Digits, int Exponent)
    {
        internal BigInteger At(int exponent) => Digits * BigInteger.Pow(10, Exponent - exponent);

        internal double ToFloat() =>
            double.Parse(string.Create(CultureInfo.InvariantCulture, $"{Digits}E{Exponent}"), CultureInfo.InvariantCulture);
    }
}
