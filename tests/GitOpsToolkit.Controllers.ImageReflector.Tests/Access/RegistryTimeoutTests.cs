using GitOpsToolkit.Api.Image.V1;
using GitOpsToolkit.Api.Meta;
using GitOpsToolkit.Controllers.ImageReflector.Access;
using Xunit;

namespace GitOpsToolkit.Controllers.ImageReflector.Tests.Access;

public sealed class RegistryTimeoutTests
{
    [Theory]
    [InlineData("5s", "1h", "00:00:05", "spec.timeout", "not done within 5s")]
    [InlineData("10ms", "1h", "00:00:01", "spec.timeout", "not done within 1s")]
    [InlineData(null, "5m", "00:05:00", "spec.interval, for want of spec.timeout", "not done within 5m0s")]
    [InlineData(null, "8760h", "365.00:00:00", "spec.interval, for want of spec.timeout", "not done within 8760h0m0s")]
    public void It_is_that_of_the_spec_and_names_its_field(string? timeout, string interval, string span, string field, string exceeded)
    {
        var spec = new ImageRepositorySpec
        {
            Image = "example.com/app",
            Interval = GoDuration.Parse(interval),
            Timeout = timeout is null ? null : GoDuration.Parse(timeout),
        };

        var read = RegistryTimeout.Of(spec);

        Assert.Equal((TimeSpan.Parse(span, System.Globalization.CultureInfo.InvariantCulture), field, exceeded), (read.Span, read.Field, read.Exceeded));
    }
}
