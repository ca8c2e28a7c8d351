"""Lambda: functions from published assets, permissions and event-source mappings."""

from txplatform.local.deploy.deployment import FunctionSpec
from txplatform.local.deploy.resource import Context, Created, Handler, Properties

_FUNCTION = (
    *("Architectures", "Description", "Environment", "Handler", "LoggingConfig", "MemorySize", "Role"),
    *("Runtime", "Timeout", "TracingConfig"),
)
_MAPPING = (
    *("BatchSize", "BisectBatchOnFunctionError", "DestinationConfig", "EventSourceArn", "FunctionName"),
    *("FunctionResponseTypes", "MaximumBatchingWindowInSeconds", "MaximumRecordAgeInSeconds"),
    *("MaximumRetryAttempts", "MetricsConfig", "StartingPosition"),
)


def create_function(context: Context, logical_id: str, properties: Properties) -> Created:
    name = properties.require("FunctionName")
    code = properties.require("Code")
    settings = properties.pick(*_FUNCTION)
    context.assets.publish(code["S3Bucket"], code["S3Key"])
    answer = context.client("lambda").create_function(FunctionName=name, Code=code, **settings)
    context.functions[name] = FunctionSpec(
        name=name,
        arn=answer["FunctionArn"],
        handler=answer["Handler"],
        environment=answer.get("Environment", {}).get("Variables", {}),
        timeout=answer["Timeout"],
        memory_mb=answer["MemorySize"],
        code_dir=context.assets.unpack(code["S3Bucket"], code["S3Key"], name),
    )
    return Created(name, {"Arn": answer["FunctionArn"]})


def create_permission(context: Context, logical_id: str, properties: Properties) -> Created:
    permission = properties.pick("Action", "FunctionName", "Principal", "SourceArn")
    context.client("lambda").add_permission(StatementId=logical_id[:100], **permission)
    return Created(logical_id)


def create_event_source_mapping(context: Context, logical_id: str, properties: Properties) -> Created:
    mapping = properties.pick(*_MAPPING)
    scaling = properties.part("ScalingConfig")
    if scaling:
        mapping["ScalingConfig"] = scaling.pick("MaximumConcurrency")
        scaling.finish()
    answer = context.client("lambda").create_event_source_mapping(**mapping)
    return Created(answer["UUID"], {"Id": answer["UUID"], "EventSourceMappingArn": answer["EventSourceMappingArn"]})


HANDLERS: dict[str, Handler] = {
    "AWS::Lambda::EventSourceMapping": create_event_source_mapping,
    "AWS::Lambda::Function": create_function,
    "AWS::Lambda::Permission": create_permission,
}
