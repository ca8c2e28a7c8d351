"""QuickSight through the server: what the local AWS answers itself, and what moto does."""

import pytest
from botocore.exceptions import ClientError

from txplatform.local.clients import LocalClients
from txplatform.local.environment import ACCOUNT


def test_resources_are_kept_and_other_operations_go_to_moto(client: LocalClients, name: str) -> None:
    quicksight = client("quicksight")
    source = {"AwsAccountId": ACCOUNT, "DataSourceId": name}
    arn = quicksight.create_data_source(**source, Name="Athena", Type="ATHENA")["Arn"]
    assert quicksight.describe_data_source(**source)["DataSource"]["Arn"] == arn
    with pytest.raises(ClientError, match="ResourceExistsException"):
        quicksight.create_data_source(**source, Name="Athena", Type="ATHENA")
    quicksight.tag_resource(ResourceArn=arn, Tags=[{"Key": "a:b", "Value": "c d"}])
    assert quicksight.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "a:b", "Value": "c d"}]
    quicksight.delete_data_source(**source)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        quicksight.describe_data_source(**source)
    group = {"AwsAccountId": ACCOUNT, "Namespace": "default", "GroupName": name}
    quicksight.create_group(**group)
    assert quicksight.describe_group(**group)["Group"]["GroupName"] == name
